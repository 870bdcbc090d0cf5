import StrictJSON

/// What we go by in a JOSE header (RFC 7515 §4). Keys that it brings or names (`jwk`, `jku`, `x5u`, `x5c`) are neither
/// used nor fetched.
struct TokenHeader {
    let algorithm: Algorithm
    let keyID: String?

    enum Purpose {
        /// A JWT: `typ`, when there, must say so (RFC 8725 §3.11).
        case token
        /// Any JWS, whatever it carries.
        case anyMessage
    }

    init(_ bytes: ArraySlice<UInt8>, of purpose: Purpose) throws(TokenError) {
        guard let header = try? JSONParser.parse(bytes).object else { throw .headerNotJSON }
        try Self.refuseExtensions(in: header)
        if purpose == .token, let type = header["typ"] {
            guard let type = type.string, Self.types.contains(where: { type.isASCII($0) }) else { throw .typeNotJWT }
        }
        guard let name = header["alg"]?.string else { throw .algorithmMissing }
        guard let algorithm = Algorithm(name: name) else {
            throw name.isEmpty || name.isASCII("none") ? .algorithmNone : .algorithmUnknown
        }
        self.algorithm = algorithm
        guard let keyID = header["kid"] else {
            self.keyID = nil
            return
        }
        guard let keyID = keyID.string else { throw .keyIDNotText }
        self.keyID = keyID
    }

    /// RFC 7519 §5.1 and RFC 9068 §4, with and without the prefix that RFC 7515 §4.1.9 lets out.
    private static let types = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"]

    private static func refuseExtensions(in header: JSONObject) throws(TokenError) {
        guard header["crit"] == nil else { throw .criticalExtension }
        if let isEncoded = header["b64"] {
            guard isEncoded.bool == true else { throw .unencodedPayload }
        }
        for name in ["enc", "zip"] where header[name] != nil { throw .encryptedOrCompressed }
    }
}

extension String {
    /// Whether it is `lowercase`, which is ASCII, in capitals or not. No other letter counts as one of ASCII's.
    fileprivate func isASCII(_ lowercase: String) -> Bool {
        utf8.elementsEqual(lowercase.utf8) { ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 }
    }
}
