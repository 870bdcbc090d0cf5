import COpenSSL
import StrictJSON

extension KeyPair {
    /// RFC 7518 §6.2 and §6.3, RFC 8037 §2.
    ///
    /// - Throws: ``KeyError/notJWK`` when a number is missing or not as long as the RFC has it, else as the other
    ///   initializers.
    convenience init(jwk: JSONObject, type: String) throws(KeyError) {
        let parameters = KeyParameters()
        let name: String
        if type.hasSameBytes(as: "RSA") {
            name = "RSA"
            try parameters.addRSA(jwk)
        } else if type.hasSameBytes(as: "EC") {
            name = "EC"
            try parameters.addEC(jwk)
        } else if type.hasSameBytes(as: "OKP"), jwk["crv"] == .string("Ed25519") {
            name = "ED25519"
            parameters.add(octets: try jwk.bytes("x", count: 32), as: OSSL_PKEY_PARAM_PUB_KEY)
            if jwk["d"] != nil { parameters.add(octets: try jwk.bytes("d", count: 32), as: OSSL_PKEY_PARAM_PRIV_KEY) }
        } else {
            throw .unsupported
        }
        let isPrivate = jwk["d"] != nil
        guard let key = parameters.makeKey(name, isPrivate: isPrivate) else { throw .invalid }
        try self.init(owning: key, isPrivate: isPrivate)
    }
}

extension KeyParameters {
    fileprivate func addRSA(_ jwk: JSONObject) throws(KeyError) {
        add(number: try jwk.bytes("n"), as: OSSL_PKEY_PARAM_RSA_N)
        add(number: try jwk.bytes("e"), as: OSSL_PKEY_PARAM_RSA_E)
        guard jwk["d"] != nil else { return }
        guard jwk["oth"] == nil else { throw .unsupported }
        add(number: try jwk.bytes("d"), as: OSSL_PKEY_PARAM_RSA_D)
        guard jwk["p"] != nil else { return }
        // The names of EVP_PKEY-RSA(7); Swift cannot see the macros for these five.
        add(number: try jwk.bytes("p"), as: "rsa-factor1")
        add(number: try jwk.bytes("q"), as: "rsa-factor2")
        add(number: try jwk.bytes("dp"), as: "rsa-exponent1")
        add(number: try jwk.bytes("dq"), as: "rsa-exponent2")
        add(number: try jwk.bytes("qi"), as: "rsa-coefficient1")
    }

    fileprivate func addEC(_ jwk: JSONObject) throws(KeyError) {
        let curves: [(name: String, group: String, size: Int)] = [
            ("P-256", "prime256v1", 32), ("P-384", "secp384r1", 48), ("P-521", "secp521r1", 66),
        ]
        guard let curve = curves.first(where: { jwk["crv"] == .string($0.name) }) else { throw .unsupported }
        add(text: curve.group, as: OSSL_PKEY_PARAM_GROUP_NAME)
        let point = [0x04] + (try jwk.number("x", count: curve.size)) + (try jwk.number("y", count: curve.size))
        add(octets: point, as: OSSL_PKEY_PARAM_PUB_KEY)
        if jwk["d"] != nil { add(number: try jwk.number("d", count: curve.size), as: OSSL_PKEY_PARAM_PRIV_KEY) }
    }
}

extension JSONObject {
    fileprivate func bytes(_ name: String, count: Int) throws(KeyError) -> [UInt8] {
        let bytes = try bytes(name)
        guard bytes.count == count else { throw .notJWK }
        return bytes
    }

    /// A number of `count` bytes, most significant first. Some encoders leave out zeros in front, or put one more there;
    /// whether the number is one of the key's is checked with the key.
    fileprivate func number(_ name: String, count: Int) throws(KeyError) -> [UInt8] {
        let bytes = try bytes(name).drop { $0 == 0 }
        guard bytes.count <= count else { throw .notJWK }
        return [UInt8](repeating: 0, count: count - bytes.count) + bytes
    }
}
