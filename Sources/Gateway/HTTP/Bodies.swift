import Dispatch
import Events
import Hummingbird
import NIOCore
import StrictJSON
import Tokens

/// Reads and parses the JSON bodies of requests, within the bounds of one body and of all of them together.
///
/// Large bodies are parsed one after the other on a queue of their own, so that the threads that answer all requests
/// never have more than small ones to parse. The budget bounds how many wait there.
struct Bodies: Sendable {
    /// A body, its bytes without their coding and mark, and the room that they take, to be held until the request is answered.
    struct Parsed: Sendable {
        let object: JSONObject
        let bytes: ByteBuffer
        /// The digest of the call and of the body's values; nil for a request without an `Idempotency-Key`.
        let fingerprint: [UInt8]?
        let room: MemoryRoom
    }

    /// A body takes its room before it is read, and keeps it until the request is answered: what waits for the writer
    /// is within the bound too.
    let budget: MemoryBudget
    let limits: JSONParser.Limits
    private let lane = DispatchQueue(label: "boardcast-bodies")

    /// Bodies beyond this are parsed on the lane.
    static let largest = 65_536
    /// The length that a body in chunks is first taken for.
    private static let firstGuess = 16_384

    /// - Parameter limits: of one body.
    init(budget: MemoryBudget, limits: JSONParser.Limits) { (self.budget, self.limits) = (budget, limits) }

    /// The body as one strict JSON object.
    ///
    /// It may be coded with gzip or deflate; its bounds are for what it comes to. A byte order mark before it is passed
    /// over (RFC 8259 §8.1).
    ///
    /// - Throws: ``Problem`` 415, 413, 400; 503 when other bodies take up all the room, before it is read if its length
    ///   is known, else as soon as it is too long.
    func object(of request: Request, types: Set<String>, for tenant: TenantID) async throws -> Parsed {
        _ = try request.codedMediaType(among: types)
        let coding = try ContentCoding(of: request.headers)
        if let length = request.length, length > limits.bytes { throw Problem.bodyTooLarge }
        // The room of the first guess holds what undoing a coding needs, too.
        let known = coding == nil ? request.length : nil
        let room = budget.room(for: tenant)
        try room.take(body: known ?? max(request.length ?? 0, Self.firstGuess))
        var bytes =
            if let coding { try await decode(request.body, coding, in: room) } else {
                try await read(request.body, in: room)
            }
        Self.passMark(in: &bytes)
        return try parsed(try await parse(bytes, of: request), bytes, room)
    }

    /// The same for a body, not longer than ``largest`` and without a coding, that has been read.
    ///
    /// - Throws: ``Problem`` 415, 400; 503 when other bodies take up all the room.
    func object(in body: ByteBuffer, of request: Request, types: Set<String>, for tenant: TenantID) throws -> Parsed {
        _ = try request.codedMediaType(among: types)
        let room = budget.room(for: tenant)
        try room.take(body: body.readableBytes)
        var bytes = body
        Self.passMark(in: &bytes)
        return try parsed(try Self.parse(bytes, of: request.idempotentCall, limits), bytes, room)
    }

    private func parsed(_ value: Value, _ bytes: ByteBuffer, _ room: MemoryRoom) throws(Problem) -> Parsed {
        guard let object = value.value.object else {
            throw Problem(.invalidJSON, "The body must be a JSON object.")
        }
        return Parsed(object: object, bytes: bytes, fingerprint: value.fingerprint, room: room)
    }

    private static func passMark(in bytes: inout ByteBuffer) {
        if bytes.readableBytesView.starts(with: mark) { bytes.moveReaderIndex(forwardBy: mark.count) }
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private func read(_ body: RequestBody, in room: MemoryRoom) async throws -> ByteBuffer {
        var bytes = ByteBuffer()
        for try await part in body {
            try grow(room, to: bytes.readableBytes + part.readableBytes)
            bytes.writeImmutableBuffer(part)
        }
        return bytes
    }

    private func decode(_ body: RequestBody, _ coding: ContentCoding, in room: MemoryRoom) async throws -> ByteBuffer {
        let inflater = Inflater(coding)
        var bytes = ByteBuffer()
        var taken = 0
        for try await part in body {
            // What comes to nothing is bounded, too.
            taken += part.readableBytes
            guard taken <= limits.bytes else { throw Problem.bodyTooLarge }
            try inflater.inflate(part, into: &bytes) { length throws(Problem) in try grow(room, to: length) }
        }
        guard inflater.isAtEnd else { throw Problem.badCoding }
        return bytes
    }

    private func grow(_ room: MemoryRoom, to length: Int) throws(Problem) {
        guard length <= limits.bytes else { throw .bodyTooLarge }
        try room.take(body: length)
    }

    private typealias Value = (value: JSONValue, fingerprint: [UInt8]?)

    private func parse(_ bytes: ByteBuffer, of request: Request) async throws(JSONError) -> Value {
        let call = request.idempotentCall
        let work = { @Sendable [limits] () throws(JSONError) -> Value in try Self.parse(bytes, of: call, limits) }
        guard bytes.readableBytes > Self.largest else { return try work() }
        let result: Result<Value, JSONError> = await withCheckedContinuation { continuation in
            lane.async { continuation.resume(returning: Result(catching: work)) }
        }
        return try result.get()
    }

    /// - Parameter call: what stands before the body in the digest; nil for none.
    private static func parse(
        _ bytes: ByteBuffer, of call: [UInt8]?, _ limits: JSONParser.Limits
    ) throws(JSONError) -> Value {
        let value = try JSONParser.parse(bytes.readableBytesView, limits: limits)
        return (value, call.flatMap { call in value.object.map { sha256(call + $0.canonicalBytes) } })
    }
}

extension Request {
    /// The call, if it has an `Idempotency-Key`.
    fileprivate var idempotentCall: [UInt8]? { headers.contains(.idempotencyKey) ? fingerprinted : nil }
}

extension Bodies {
    /// What a body of `length` bytes counts with: its bytes, a copy of them in the tree, and what the tree has besides,
    /// which the number of values bounds.
    static func cost(of length: Int) -> Int { 2 * length + 16 * min(length, 65_536) }
}

extension MemoryRoom {
    /// Makes it large enough for a body of `length` bytes.
    ///
    /// - Throws: ``Problem`` 503 when there is no room for now.
    func take(body length: Int) throws(Problem) {
        guard grow(to: Bodies.cost(of: length)) else { throw .bodiesFull }
    }
}

extension Problem {
    static let bodiesFull = Problem(
        .bodiesFull, "Too many request bodies are being worked on now; send it again."
    ).with(.retryAfter, "1")

    /// - Parameter limit: of the values in one body.
    static func tooManyValues(_ limit: Int) -> Problem {
        Problem(
            .tooManyValues,
            "The body has more than \(limit) JSON values, objects and arrays counted; send less at once.")
    }
}
