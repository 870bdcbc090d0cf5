public import Events
import StrictJSON
import Text
public import Tokens

/// The URL of a JWK set, or of a discovery document that names one, and the issuer whose tokens its keys verify. It comes
/// from settings, never from a token.
public struct KeyURL: Sendable, Hashable {
    /// https, or http to this machine.
    public let url: String
    /// The setting that names it, for messages.
    public let setting: String
    /// The issuer whose tokens its keys verify; nil for all issuers that have no keys of their own.
    public let issuer: String?
    /// The only tenant that its keys are for.
    public let tenant: TenantID?
    /// Whether it must be the discovery document of ``issuer``.
    public let isDiscovery: Bool
    let algorithms: [Algorithm]?
    private let insecureHosts: [String]

    /// - Parameter auth: the settings that name it.
    init(
        _ url: String, setting: String, issuer: String?, tenant: TenantID? = nil, isDiscovery: Bool = false,
        auth: Settings.Auth
    ) {
        self.url = url
        self.setting = setting
        self.issuer = issuer
        self.tenant = tenant
        self.isDiscovery = isDiscovery
        algorithms = auth.algorithms
        insecureHosts = auth.insecureJWKSHosts
    }

    /// The host, when keys come from there in the open.
    public var insecureHost: String? { KeyPlace(url).flatMap { $0.isSafe ? nil : $0.host } }

    /// The usable keys in an answer. Secrets are dropped: everybody who can read the answer could sign with them.
    ///
    /// - Throws: ``KeyError/notJWK``, ``KeyError/noUsableKey``.
    public func keys(in answer: some Sequence<UInt8>) throws(KeyError) -> [TokenKey] {
        try usable(KeyList(json: answer))
    }

    /// The same of a document that was read already.
    public func usable(_ list: KeyList) throws(KeyError) -> [TokenKey] {
        let keys = list.keys.filter { !$0.isSecret }
        let narrowed = keys.compactMap { key in algorithms.map { key.narrowed(to: $0) } ?? key }
        guard !narrowed.isEmpty else { throw .noUsableKey }
        return narrowed
    }

    /// Where the keys are, when `answer` is a discovery document (OpenID Connect Discovery 1.0 §4); nil when it is not.
    ///
    /// Keys of a document that came by TLS come by TLS, too.
    /// - Throws: ``DiscoveryError``.
    public func keyPlace(in answer: [UInt8]) throws(DiscoveryError) -> KeyPlace? {
        let document = try? JSONParser.parse(answer).object
        guard let document, document["keys"] == nil, let text = document["jwks_uri"]?.string else {
            if isDiscovery { throw .notDiscovery }
            return nil
        }
        if isDiscovery, let issuer, document["issuer"]?.string?.hasSameBytes(as: issuer) != true {
            throw .otherIssuer(document["issuer"]?.string)
        }
        guard let place = KeyPlace(text), place.isAllowed(insecure: insecureHosts),
            place.isEncrypted || KeyPlace(url)?.isEncrypted == false
        else { throw .keysInTheOpen }
        return place
    }
}

extension Settings {
    /// The JWK sets that have to be fetched. Two tenants that name the same URL have separate entries.
    public var keyURLs: [KeyURL] { ([keyURL] + tenants.files.map(\.keyURL)).compactMap(\.self) + issuerURLs }

    /// The set for all issuers without a set of their own.
    var keyURL: KeyURL? {
        auth.jwksURL.map {
            KeyURL($0, setting: "auth.jwksURL", issuer: auth.issuer, auth: auth)
        }
    }

    /// The discovery documents of the issuers.
    var issuerURLs: [KeyURL] {
        auth.issuers.map { issuer in
            let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
            return KeyURL(
                base + "/.well-known/openid-configuration", setting: "auth.issuers", issuer: issuer, isDiscovery: true,
                auth: auth)
        }
    }
}

extension TenantFile {
    var keyURL: KeyURL? {
        settings.auth.jwksURL.map {
            KeyURL($0, setting: "auth.jwksURL (\(path))", issuer: issuer, tenant: tenant, auth: settings.auth)
        }
    }
}
