import HTTPTypes
import Hummingbird
import NIOCore

/// A file of the web page, as it is embedded in the binary.
public struct Asset: Sendable {
    /// `/` or `/assets/board.js`.
    public let path: String
    public let mediaType: String
    public let bytes: [UInt8]

    public init(path: String, mediaType: String, bytes: [UInt8]) {
        self.path = path
        self.mediaType = mediaType
        self.bytes = bytes
    }
}

/// The page and its files. Nothing is fetched from elsewhere and nothing runs inline; a content security policy
/// enforces both.
struct PageCalls {
    let assets: [Asset]

    var all: [Call] {
        assets.map { asset in
            let headers: HTTPFields = [
                .contentType: asset.mediaType, .cacheControl: "no-cache",
                .contentSecurityPolicy:
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ]
            let body = ByteBuffer(bytes: asset.bytes)
            return .open(
                Self.name, .get, PathPattern(asset.path), "A file of the web page.", query: nil,
                answers: [.file([asset.mediaType])]
            ) { _, _ in Response(status: .ok, headers: headers, body: .init(byteBuffer: body)) }
        }
    }

    /// The name of all these calls.
    static let name = "page"
}
