public import Tokens

extension Settings {
    /// Tells which tokens are good, by the keys and rules of these settings; their files are read anew.
    ///
    /// - Parameter fetched: what ``keyURLs`` have come to; those that have not come yet are left out.
    /// - Throws: ``InvalidSettings``, with `noKey` when no key is given.
    public func makeVerifier(fetched: [KeyURL: [TokenKey]] = [:]) throws(InvalidSettings) -> TokenVerifier {
        var keys = try readKeys()
        guard !keys.isEmpty || auth.jwksURL != nil else { throw InvalidSettings(.noKey) }
        for url in keyURLs { keys += fetched[url] ?? [] }
        let rules = try makeRules(for: keys)
        // All of them, since an unbound key is not tried for an issuer that has bound ones.
        if auth.jwksURL != nil, let issuer = auth.issuer { keys = keys.map { $0.bound(toIssuer: issuer) } }
        return TokenVerifier(keys: KeySet(keys), rules: rules)
    }

    /// Every key that is in the settings or in a file, at least one.
    public func makeKeys() throws(InvalidSettings) -> [TokenKey] {
        let keys = try readKeys()
        guard !keys.isEmpty else { throw InvalidSettings(auth.jwksURL == nil ? .noKey : .onlyFetchedKeys) }
        return keys
    }

    /// Every key that is given but those to be fetched. `auth.secret` beside `auth.secretFile` makes two, for a change
    /// of secrets.
    private func readKeys() throws(InvalidSettings) -> [TokenKey] {
        let files: [(name: String, path: String?, make: ([UInt8]) throws(KeyError) -> [TokenKey])] = [
            ("auth.secretFile", auth.secretFile, { bytes throws(KeyError) in [try .secret(inFile: bytes)] }),
            ("auth.publicKeyFile", auth.publicKeyFile, { bytes throws(KeyError) in [try TokenKey(pem: bytes)] }),
            ("auth.jwksFile", auth.jwksFile, { bytes throws(KeyError) in try KeySet(jwkSet: bytes).keys }),
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
            do { keys += try file.make(bytes) } catch { problems.append(.badKey(key: file.name, path: path, error)) }
        }
        guard problems.isEmpty else { throw InvalidSettings(problems) }
        return keys
    }

    /// What a token must say besides; the algorithms are those of `keys` unless `auth.algorithms` narrows them.
    public func makeRules(for keys: [TokenKey]) throws(InvalidSettings) -> TokenRules {
        let given = Algorithm.allCases.filter { algorithm in keys.contains { $0.algorithms.contains(algorithm) } }
        // What is fetched may come to be for any; a token's key has to be for its algorithm in any case.
        let allowed = auth.algorithms ?? (auth.jwksURL == nil ? given : Algorithm.allCases)
        guard allowed.contains(where: given.contains) || keys.isEmpty else {
            throw InvalidSettings(.noKeyForAlgorithms(allowed: allowed, given: given))
        }
        return TokenRules(
            issuer: auth.issuer, audience: auth.audience, algorithms: allowed, leewaySeconds: auth.leeway.wholeSeconds,
            tenantClaim: auth.tenantClaim)
    }
}

extension TokenKey {
    /// - Throws: as ``init(secret:keyID:)``; the file's last line break is no part of the secret.
    static func secret(inFile bytes: [UInt8]) throws(KeyError) -> TokenKey {
        try TokenKey(secret: Array(bytes.withoutLastLineBreak))
    }
}
