public import Tokens

extension Settings {
    /// Tells which tokens are good, by the keys and rules of these settings; their files are read anew.
    ///
    /// - Throws: ``InvalidSettings``, with `noKey` when no key is given.
    public func makeVerifier() throws(InvalidSettings) -> TokenVerifier {
        let keys = try makeKeys()
        return TokenVerifier(keys: KeySet(keys), rules: try makeRules(for: keys))
    }

    /// Every key that is given, at least one. `auth.secret` beside `auth.secretFile` makes two, for a change of secrets.
    public func makeKeys() throws(InvalidSettings) -> [TokenKey] {
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
        guard !keys.isEmpty else { throw InvalidSettings(.noKey) }
        return keys
    }

    /// What a token must say besides; the algorithms are those of `keys` unless `auth.algorithms` narrows them.
    public func makeRules(for keys: [TokenKey]) throws(InvalidSettings) -> TokenRules {
        let given = Algorithm.allCases.filter { algorithm in keys.contains { $0.algorithms.contains(algorithm) } }
        let allowed = auth.algorithms ?? given
        guard allowed.contains(where: given.contains) else {
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
