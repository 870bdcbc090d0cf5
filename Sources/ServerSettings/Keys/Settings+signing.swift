public import Tokens

extension Settings {
    /// The key for signing tokens with the server's own secret: `auth.secret`, or else that of `auth.secretFile`.
    ///
    /// - Throws: ``InvalidSettings``, with `noSigningKey` when neither is set.
    public func makeSigningKey() throws(InvalidSettings) -> TokenKey {
        if let secret = auth.secret {
            do { return try TokenKey(secret: secret.bytes) } catch {
                throw InvalidSettings(.badKey(key: "auth.secret", path: nil, error))
            }
        }
        guard let path = auth.secretFile else { throw InvalidSettings(.noSigningKey) }
        let bytes: [UInt8]
        do { bytes = try SmallFile.read(path) } catch {
            throw InvalidSettings(.unreadable(error, key: "auth.secretFile"))
        }
        do { return try TokenKey.secret(inFile: bytes) } catch {
            throw InvalidSettings(.badKey(key: "auth.secretFile", path: path, error))
        }
    }
}
