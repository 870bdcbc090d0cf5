import HTTPTypes
import Hummingbird
import NIOCore

/// A file of the web page, as it lies in the binary.
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

/// The page and its files. Nothing is fetched from elsewhere and nothing runs inline, and the browser is told so.
struct PageRoutes {
    let assets: [Asset]

    func add(to router: some RouterMethods<AppContext>) {
        for asset in assets {
            let headers: HTTPFields = [
                .contentType: asset.mediaType, .cacheControl: "no-cache",
                .contentSecurityPolicy:
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ]
            let body = ByteBuffer(bytes: asset.bytes)
            Resource(
                RouterPath(asset.path),
                (.get, { _, _ in Response(status: .ok, headers: headers, body: .init(byteBuffer: body)) })
            ).add(to: router)
        }
    }
}
