import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON

extension Request {
    /// The body as one strict JSON object, and its bytes.
    ///
    /// - Throws: ``Problem`` 415, 413, 400.
    func jsonObject(upTo limit: Int, types: Set<String> = ["application/json"]) async throws -> (JSONObject, ByteBuffer)
    {
        let essence = headers[.contentType]?.prefix { $0 != ";" }.lowercased().trimmingSpaces
        guard let essence, types.contains(essence) else {
            let names = types.sorted().joined(separator: " or ")
            throw Problem(.unsupportedMediaType, "media_type", "Send the body with Content-Type: \(names).")
        }
        if let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
            throw Problem(.unsupportedMediaType, "content_coding", "Send the body without Content-Encoding.")
        }
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw Problem.bodyTooLarge }
        let bytes = try await body.collect(upTo: limit)
        guard let object = try JSONParser.parse(bytes.readableBytesView, limits: .init(bytes: limit)).object else {
            throw Problem(.badRequest, "invalid_json", "The body must be a JSON object.")
        }
        return (object, bytes)
    }
}

extension StringProtocol {
    fileprivate var trimmingSpaces: String { String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}

extension Response {
    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
