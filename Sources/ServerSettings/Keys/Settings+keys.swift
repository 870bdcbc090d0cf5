import Events
import StrictJSON
import Text
public import Tokens

extension Settings {
    /// Makes the verifier of tokens from these settings, and reads the key files that they name.
    ///
    /// - Parameters:
    ///   - fetched: the keys fetched from ``keyURLs`` so far.
    ///   - cacheCapacity: as ``TokenVerifier`` has it.
    ///   - skipped: called for each key of a file that can't be used, with the setting that names the file.
    /// - Throws: ``InvalidSettings``, with `noKey` when no key is given.
    public func makeVerifier(
        fetched: [KeyURL: [TokenKey]] = [:], cacheCapacity: Int = TokenVerifier.mostRemembered,
        skipped: (_ setting: String, KeyList.Skipped) -> Void = { _, _ in }
    ) throws(InvalidSettings) -> TokenVerifier {
        var keys = try readKeys(skipped: skipped)
        guard !keys.isEmpty || auth.hasKeyURLs || !tenants.files.isEmpty else { throw InvalidSettings(.noKey) }
        keys += keyURL.flatMap { fetched[$0] } ?? []
        var rules = try makeRules(for: keys)
        // All keys are bound, since an unbound key is not tried for an issuer that has bound ones.
        if let issuer = auth.issuer, auth.jwksURL != nil || auth.issuers.contains(where: issuer.hasSameBytes) {
            keys = keys.map { $0.bound(toIssuer: issuer) }
        }
        for url in issuerURLs {
            guard let issuer = url.issuer else { continue }
            keys += (fetched[url] ?? []).map { $0.bound(toIssuer: issuer) }
        }
        guard !tenants.files.isEmpty else {
            return TokenVerifier(
                keys: KeySet(keys, issuers: auth.issuers), rules: rules, cacheCapacity: cacheCapacity)
        }

        // Tenants may allow different algorithms, so these are checked by key rather than by the common rules.
        keys = keys.compactMap { $0.narrowed(to: rules.algorithms) }
        for file in tenants.files { keys += try file.makeKeys(fetched: fetched, skipped: skipped) }
        rules.algorithms = Algorithm.allCases
        rules.tenantsWithIssuer = Set(tenants.files.map(\.tenant.rawValue))
        let issuers = auth.issuers + tenants.files.map(\.issuer)
        return TokenVerifier(keys: KeySet(keys, issuers: issuers), rules: rules, cacheCapacity: cacheCapacity)
    }

    /// Every key that is in the settings or in a file, at least one.
    public func makeKeys() throws(InvalidSettings) -> [TokenKey] {
        let keys = try readKeys()
        guard !keys.isEmpty else { throw InvalidSettings(auth.hasKeyURLs ? .onlyFetchedKeys : .noKey) }
        return keys
    }

    /// All keys except those to be fetched. `auth.secret` and `auth.secretFile` together give two, for a change of
    /// secrets.
    fileprivate func readKeys(
        skipped: (_ setting: String, KeyList.Skipped) -> Void = { _, _ in }
    ) throws(InvalidSettings) -> [TokenKey] {
        let files: [(name: String, path: String?, make: ([UInt8]) throws(KeyError) -> KeyList)] = [
            ("auth.secretFile", auth.secretFile, { bytes throws(KeyError) in KeyList(try .secret(inFile: bytes)) }),
            ("auth.publicKeyFile", auth.publicKeyFile, { bytes throws(KeyError) in try KeyList(pem: bytes) }),
            ("auth.jwksFile", auth.jwksFile, { bytes throws(KeyError) in try KeyList(json: bytes) }),
        ]
        var keys: [TokenKey] = []
        var problems: [SettingsProblem] = []
        if let secret = auth.secret {
            do { keys.append(try TokenKey(secret: secret.bytes)) } catch {
                problems.append(.badKey(key: "auth.secret", path: nil, error))
            }
        }
        for file in files {
            guard let path = file.path else { continue }
            let bytes: [UInt8]
            do { bytes = try SmallFile.read(path) } catch {
                problems.append(.unreadable(error, key: file.name))
                continue
            }
            do {
                let list = try file.make(bytes)
                keys += list.keys
                for key in list.skipped { skipped("\(file.name) (\(path))", key) }
            } catch { problems.append(.badKey(key: file.name, path: path, error)) }
        }
        guard problems.isEmpty else { throw InvalidSettings(problems) }
        return keys
    }

    /// The rules for tokens; the algorithms are those of `keys` unless `auth.algorithms` restricts them.
    public func makeRules(for keys: [TokenKey]) throws(InvalidSettings) -> TokenRules {
        let given = Algorithm.allCases.filter { algorithm in keys.contains { $0.algorithms.contains(algorithm) } }
        // Fetched keys may be for any algorithm; a token's key has to fit its algorithm in any case.
        let allowed = auth.algorithms ?? (auth.hasKeyURLs ? Algorithm.allCases : given)
        guard allowed.contains(where: given.contains) || keys.isEmpty else {
            throw InvalidSettings(.noKeyForAlgorithms(allowed: allowed, given: given))
        }
        return TokenRules(
            issuer: auth.issuer, audience: auth.audience, algorithms: allowed, leeway: auth.leeway,
            tenantClaim: auth.tenantClaim, tenant: auth.tenant, roles: auth.roles, longest: http.maxHeaderBytes)
    }
}

extension TenantFile {
    /// Every key of the tenant, for its issuer's tokens alone.
    fileprivate func makeKeys(
        fetched: [KeyURL: [TokenKey]], skipped: (_ setting: String, KeyList.Skipped) -> Void
    ) throws(InvalidSettings) -> [TokenKey] {
        do {
            let keys = try settings.readKeys(skipped: skipped) + (keyURL.flatMap { fetched[$0] } ?? [])
            let rules = try settings.makeRules(for: keys)
            return keys.compactMap { $0.narrowed(to: rules.algorithms) }
                .map {
                    $0.bound(
                        toIssuer: issuer, tenant: tenant.rawValue, audience: settings.auth.audience,
                        roles: settings.auth.roles)
                }
        } catch {
            throw InvalidSettings(error.problems.map { .ofTenant(path: path, $0) })
        }
    }
}

extension TokenKey {
    /// The key of a secret that a file holds; the file's final line break is not part of it.
    ///
    /// - Throws: as ``init(secret:keyID:)`` does.
    public static func secret(inFile bytes: [UInt8]) throws(KeyError) -> TokenKey {
        try TokenKey(secret: Array(bytes.withoutLastLineBreak))
    }
}
