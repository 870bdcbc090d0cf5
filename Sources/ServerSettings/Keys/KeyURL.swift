public import Events
public import Tokens

/// The URL of a JWK set, and the issuer whose tokens its keys verify. It comes from settings, never from a token.
public struct KeyURL: Sendable, Hashable {
    /// https, or http to this machine.
    public let url: String
    /// The setting that names it, for messages.
    public let setting: String
    /// The issuer whose tokens its keys verify; nil for all issuers that have no keys of their own.
    public let issuer: String?
    /// The only tenant that its keys are for.
    public let tenant: TenantID?
    let algorithms: [Algorithm]?

    /// The usable keys in an answer. Secrets are dropped: everybody who can read the answer could sign with them.
    ///
    /// - Throws: ``KeyError/notJWK``, ``KeyError/noUsableKey``.
    public func keys(in answer: some Sequence<UInt8>) throws(KeyError) -> [TokenKey] {
        let keys = try KeySet(jwkSet: answer).keys.filter { !$0.isSecret }
        let narrowed = keys.compactMap { key in algorithms.map { key.narrowed(to: $0) } ?? key }
        guard !narrowed.isEmpty else { throw .noUsableKey }
        return narrowed
    }
}

extension Settings {
    /// The JWK sets that have to be fetched. Two tenants that name the same URL have separate entries.
    public var keyURLs: [KeyURL] { [keyURL].compactMap(\.self) + tenants.files.compactMap(\.keyURL) }

    /// The set for all issuers without a set of their own.
    var keyURL: KeyURL? {
        auth.jwksURL.map {
            KeyURL(url: $0, setting: "auth.jwksURL", issuer: auth.issuer, tenant: nil, algorithms: auth.algorithms)
        }
    }
}

extension TenantFile {
    var keyURL: KeyURL? {
        settings.auth.jwksURL.map {
            KeyURL(
                url: $0, setting: "auth.jwksURL (\(path))", issuer: issuer, tenant: tenant,
                algorithms: settings.auth.algorithms)
        }
    }
}
