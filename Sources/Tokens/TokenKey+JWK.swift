import StrictJSON

extension TokenKey {
    /// A JSON Web Key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2), with its private part if it is there. `alg` narrows what
    /// the key is for; `kid` becomes its id.
    ///
    /// - Throws: ``KeyError``, by what is wrong with it.
    public init(jwk json: some Sequence<UInt8>) throws(KeyError) {
        guard let jwk = try? JSONParser.parse(json).object else { throw .notJWK }
        try self.init(jwk: jwk)
    }

    init(jwk: JSONObject) throws(KeyError) {
        guard let type = jwk["kty"]?.string else { throw .notJWK }
        try Self.checkPurpose(of: jwk)
        let key: TokenKey
        if type.hasSameBytes(as: "oct") {
            key = try TokenKey(secret: try jwk.bytes("k"))
        } else {
            let pair = try KeyPair(jwk: jwk, type: type)
            key = TokenKey(.pair(pair), pair.kind.algorithms, keyID: nil)
        }
        var algorithms = key.algorithms
        if let name = jwk["alg"] {
            guard let name = name.string else { throw .notJWK }
            let only = Algorithm(name: name)
            algorithms.removeAll { $0 != only }
            guard !algorithms.isEmpty else { throw .algorithmNotOfKey }
        }
        let keyID = jwk["kid"]
        guard keyID == nil || keyID?.string != nil else { throw .notJWK }
        self.init(key.material, algorithms, keyID: keyID?.string)
    }

    /// RFC 7517 §4.2 and §4.3.
    private static func checkPurpose(of jwk: JSONObject) throws(KeyError) {
        if let use = jwk["use"] {
            guard use == .string("sig") else { throw .notForSignatures }
        }
        if let operations = jwk["key_ops"] {
            guard let operations = operations.array else { throw .notJWK }
            guard operations.contains(.string("verify")) || operations.contains(.string("sign")) else {
                throw .notForSignatures
            }
        }
    }
}

extension JSONObject {
    /// A member that is base64url. Padding is taken, as some encoders write it.
    ///
    /// - Throws: ``KeyError/notJWK`` when it is absent or is not.
    func bytes(_ name: String) throws(KeyError) -> [UInt8] {
        guard var text = self[name]?.string else { throw .notJWK }
        if text.utf8.count % 4 == 0, text.utf8.last == UInt8(ascii: "=") {
            text.removeLast()
            if text.utf8.last == UInt8(ascii: "=") { text.removeLast() }
        }
        guard let bytes = Base64URL.decode(text), !bytes.isEmpty else { throw .notJWK }
        return bytes
    }
}
