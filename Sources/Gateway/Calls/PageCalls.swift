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
    /// Whether its path has its version, so that it never changes there.
    public let isForever: Bool
    let tag: EntityTag
    /// Nil where that is no smaller.
    let gzip: [UInt8]?

    public init(path: String, mediaType: String, bytes: [UInt8], isFramed: Bool = false, isForever: Bool = false) {
        self.path = path
        self.mediaType = mediaType
        self.bytes = bytes
        self.isFramed = isFramed
        self.isForever = isForever
        tag = EntityTag(digestOf: bytes)
        gzip = gzipped(bytes)
    }
}

/// The page and its files. Nothing is fetched from elsewhere and nothing runs inline; a content security policy
/// enforces both. Where people sign in at a provider, the pages may ask that provider, too.
struct PageCalls {
    let assets: [Asset]
    let settings: LiveSettings

    var all: [Call] {
        assets.map { asset in
            let control = asset.isForever ? "public, max-age=31536000, immutable" : "no-cache"
            let headers: HTTPFields = [.cacheControl: control, .vary: "Accept-Encoding"]
            let plain = ByteBuffer(bytes: asset.bytes)
            let small = asset.gzip.map { ByteBuffer(bytes: $0) }
            return .open(
                Self.name, .get, PathPattern(asset.path), "A file of the web page.", query: nil,
                answers: [.file([asset.mediaType]), .notModified]
            ) { input, _ in
                var headers = headers
                let isSmall = small != nil && Self.takesGzip(input.request.headers[.acceptEncoding])
                headers[.eTag] = isSmall ? asset.tag.ofGzip : asset.tag.description
                // A page for people of one tenant is opened as `/?tenant=acme`.
                let tenant = input.request.uri.queryParameters.get("tenant")
                let signIn = SignInCalls.signIn(of: tenant, by: settings)
                headers[.contentSecurityPolicy] = Self.policy(of: asset, provider: signIn?.origin)
                if asset.tag.isIn(input.request.headers[.ifNoneMatch]) {
                    return Response(status: .notModified, headers: headers)
                }
                headers[.contentType] = asset.mediaType
                if isSmall { headers[.contentEncoding] = "gzip" }
                return Response(
                    status: .ok, headers: headers, body: .init(byteBuffer: isSmall ? small ?? plain : plain))
            }
        }
    }

    /// Whether a client takes gzip (RFC 9110 §12.5.3); one that does not say so is not sent it.
    static func takesGzip(_ field: String?) -> Bool {
        guard let field else { return false }
        return field.lowercased().split(separator: ",").contains { element in
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let name = parts.first, ["gzip", "x-gzip", "*"].contains(name) else { return false }
            return !parts.dropFirst().contains {
                $0.hasPrefix("q=0") && !$0.dropFirst(3).contains { "123456789".contains($0) }
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
