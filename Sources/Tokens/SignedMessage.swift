/// A JWS in compact form (RFC 7515) whose signature is one of our keys', whatever it carries.
public struct SignedMessage: Sendable {
    /// The header's JSON, as it stood.
    public let header: [UInt8]
    public let payload: [UInt8]
}

extension TokenVerifier {
    /// Checks the signature alone: neither the claims nor the clock are looked at, the payload need not be JSON, and
    /// keys that are bound to an issuer are tried too.
    ///
    /// - Throws: the first rule found broken: of the shape, the header or the signature, in this order.
    public func verifySignatureOnly(_ token: String) throws(TokenError) -> SignedMessage {
        try token.utf8.span.withUnsafeBytes { bytes throws(TokenError) in
            let token = try CompactToken(bytes, longest: rules.longest)
            let header = try TokenHeader(token.header, of: .anyMessage)
            guard rules.algorithms.contains(header.algorithm) else { throw .algorithmNotAllowed }
            _ = try keys.signer(of: token, header: header)
            return SignedMessage(header: Array(token.header), payload: Array(token.payload))
        }
    }
}
