import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The body's media type, which must be one of `types`.
    ///
    /// - Throws: ``Problem`` 415.
    func codedMediaType(among types: Set<String>) throws(Problem) -> String {
        let sent = headers[.contentType]
        // Most clients send nothing but the type.
        let essence =
            sent.flatMap { types.contains($0) ? $0 : nil }
            ?? sent?.prefix { $0 != ";" }.lowercased().trimmingSpaces
        guard let essence, types.contains(essence) else {
            let names = types.sorted().joined(separator: " or ")
            throw Problem(.mediaType, "Send the body with Content-Type: \(names).")
        }
        return essence
    }

    /// The body's length from the head; nil for a body in chunks.
    var length: Int? { headers[.contentLength].flatMap { Int($0) } }
}

extension StringProtocol {
    fileprivate var trimmingSpaces: String { String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}

extension Response {
    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: .init(inPieces: bytes))
    }
}
