import HTTPTypes
import Hummingbird
import NIOCore

/// A file of the web page, as it is embedded in the binary.
public struct Asset: Sendable {
    /// `/` or `/assets/board.js`.
    public let path: String
    public let mediaType: String
    public let bytes: [UInt8]
    /// Whether our own pages may show it in a frame.
    public let isFramed: Bool

    public init(path: String, mediaType: String, bytes: [UInt8], isFramed: Bool = false) {
        self.path = path
        self.mediaType = mediaType
        self.bytes = bytes
        self.isFramed = isFramed
    }
}

/// The page and its files. Nothing is fetched from elsewhere and nothing runs inline; a content security policy
/// enforces both. Where people sign in at a provider, the pages may ask that provider, too.
struct PageCalls {
    let assets: [Asset]
    let settings: LiveSettings

    var all: [Call] {
        assets.map { asset in
            let headers: HTTPFields = [.contentType: asset.mediaType, .cacheControl: "no-cache"]
            let body = ByteBuffer(bytes: asset.bytes)
            return .open(
                Self.name, .get, PathPattern(asset.path), "A file of the web page.", query: nil,
                answers: [.file([asset.mediaType])]
            ) { input, _ in
                var headers = headers
                // A page for people of one tenant is opened as `/?tenant=acme`.
                let tenant = input.request.uri.queryParameters.get("tenant")
                let signIn = SignInCalls.signIn(of: tenant, by: settings)
                headers[.contentSecurityPolicy] = Self.policy(of: asset, provider: signIn?.origin)
                return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
            }
        }
    }

    /// - Parameter provider: the origin of the OpenID provider: it is asked for tokens, and shown in a hidden frame to renew
    ///   them, which leads back to us.
    static func policy(of asset: Asset, provider: String?) -> String {
        let connect = provider.map { " \($0)" } ?? ""
        let frame = provider.map { "frame-src 'self' \($0); " } ?? ""
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'\(connect); "
            + "\(frame)base-uri 'none'; form-action 'none'; frame-ancestors \(asset.isFramed ? "'self'" : "'none'")"
    }

    /// The name of all these calls.
    static let name = "page"
}
