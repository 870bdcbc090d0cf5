import StrictJSON

/// Signs tokens (RFC 7515 §5.1) with one key and one algorithm. Safe to use from any thread.
public struct TokenSigner: Sendable {
    private let key: TokenKey
    private let algorithm: Algorithm

    /// Without `algorithm` it is the key's first.
    ///
    /// - Throws: ``KeyError/noPrivateKey`` or ``KeyError/algorithmNotOfKey``.
    public init(key: TokenKey, algorithm: Algorithm? = nil) throws(KeyError) {
        guard key.canSign else { throw .noPrivateKey }
        let algorithm = algorithm ?? key.algorithms[0]
        guard key.algorithms.contains(algorithm) else { throw .algorithmNotOfKey }
        self.key = key
        self.algorithm = algorithm
    }

    /// A token in compact form. `payload` is the JSON object of its claims; the header is `alg`, `typ` and, when the
    /// key has an id or one is given, `kid`.
    ///
    /// - Throws: ``KeyError/payloadNotJSON`` or ``KeyError/signingFailed``.
    public func sign(_ payload: [UInt8], keyID: String? = nil) throws(KeyError) -> String {
        guard (try? JSONParser.parse(payload).object) != nil else { throw .payloadNotJSON }
        var header = JSONWriter(reserving: 64)
        header.object {
            $0.name("alg")
            $0.string(algorithm.rawValue)
            $0.name("typ")
            $0.string("JWT")
            if let keyID = keyID ?? key.keyID {
                $0.name("kid")
                $0.string(keyID)
            }
        }
        return try sign(header: header.bytes, payload: payload)
    }

    /// Signs whatever the header says.
    func sign(header: [UInt8], payload: [UInt8]) throws(KeyError) -> String {
        let signed = Base64URL.encode(header) + "." + Base64URL.encode(payload)
        let signature = try signed.utf8.span.withUnsafeBytes { message throws(KeyError) in
            try key.sign(message, by: algorithm)
        }
        return signed + "." + Base64URL.encode(signature)
    }
}
