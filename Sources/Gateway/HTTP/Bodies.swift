import Dispatch
import Events
import Hummingbird
import NIOCore
import StrictJSON

/// Reads and parses the JSON bodies of requests, within the bounds of one body and of all of them together.
///
/// Large bodies are parsed one after the other on a queue of their own, so that the threads that answer all requests
/// never have more than small ones to parse. ``BodyBudget`` bounds how many wait there.
struct Bodies: Sendable {
    /// A body, its bytes, and the room that they take, to be held until the request is answered.
    struct Parsed: Sendable {
        let object: JSONObject
        let bytes: ByteBuffer
        let room: BodyRoom
    }

    let budget: BodyBudget
    let limits: JSONParser.Limits
    private let lane = DispatchQueue(label: "boardcast-bodies")

    /// Bodies beyond this are parsed on the lane.
    static let largest = 65_536
    /// The length that a body in chunks is first taken for.
    private static let firstGuess = 16_384

    /// - Parameter limits: of one body.
    init(budget: BodyBudget, limits: JSONParser.Limits) { (self.budget, self.limits) = (budget, limits) }

    /// The body as one strict JSON object.
    ///
    /// - Throws: ``Problem`` 415, 413, 400; 503 when other bodies take up all the room, before it is read if its length
    ///   is known, else as soon as it is too long.
    func object(of request: Request, types: Set<String>, for tenant: TenantID) async throws -> Parsed {
        _ = try request.mediaType(among: types)
        if let length = request.length, length > limits.bytes { throw Problem.bodyTooLarge }
        let room = try budget.room(for: request.length ?? Self.firstGuess, of: tenant)
        var bytes = ByteBuffer()
        for try await part in request.body {
            let length = bytes.readableBytes + part.readableBytes
            guard length <= limits.bytes else { throw Problem.bodyTooLarge }
            try room.grow(to: length)
            bytes.writeImmutableBuffer(part)
        }
        guard let object = try await parse(bytes).object else {
            throw Problem(.badRequest, "invalid_json", "The body must be a JSON object.")
        }
        return Parsed(object: object, bytes: bytes, room: room)
    }

    private func parse(_ bytes: ByteBuffer) async throws(JSONError) -> JSONValue {
        guard bytes.readableBytes > Self.largest else {
            return try JSONParser.parse(bytes.readableBytesView, limits: limits)
        }
        let result: Result<JSONValue, JSONError> = await withCheckedContinuation { continuation in
            lane.async { [limits] in
                continuation.resume(
                    returning: Result { () throws(JSONError) -> JSONValue in
                        try JSONParser.parse(bytes.readableBytesView, limits: limits)
                    })
            }
        }
        return try result.get()
    }
}
