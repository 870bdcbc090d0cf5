/// The rule for which a token was refused: HTTP's 401.
///
/// A description quotes nothing of the token or of our keys, and may stand in a header as it is (RFC 6750 §3).
public enum TokenError: Error, Equatable, CaseIterable, CustomStringConvertible {
    // The shape
    case tooLong, notThreeParts, notBase64URL, headerNotJSON, payloadNotJSON
    // The header
    case algorithmMissing, algorithmNone, algorithmUnknown, algorithmNotAllowed
    case typeNotJWT, criticalExtension, unencodedPayload, encryptedOrCompressed, keyIDNotText
    // The signature
    case noMatchingKey, signatureMismatch
    // The claims
    case subject, tenantMissing, tenant, severalTenants, tenantOfAnotherIssuer, expiryMissing, notADate, expired,
        notYetValid, issuedInFuture
    case issuer, audience, tokenID, boards

    /// The rule that was broken, by a name that programs can rely on; several errors may break one.
    public var rule: TokenRule {
        switch self {
        case .tooLong, .notThreeParts, .notBase64URL: .shape
        case .headerNotJSON, .typeNotJWT, .criticalExtension, .unencodedPayload, .encryptedOrCompressed, .keyIDNotText:
            .header
        case .algorithmMissing, .algorithmNone, .algorithmUnknown, .algorithmNotAllowed: .algorithm
        case .payloadNotJSON: .payload
        case .noMatchingKey, .signatureMismatch: .signature
        case .expiryMissing, .notADate, .expired: .expiry
        case .notYetValid, .issuedInFuture: .beginning
        case .issuer: .issuer
        case .audience: .audience
        case .subject: .subject
        case .tenantMissing, .tenant, .severalTenants, .tenantOfAnotherIssuer: .tenant
        case .boards: .boards
        case .tokenID: .id
        }
    }

    public var description: String {
        switch self {
        case .tooLong: "the token is longer than the bound"
        case .notThreeParts: "the token is not three parts with dots between"
        case .notBase64URL: "a part of the token is not canonical base64url"
        case .headerNotJSON: "the header is not a JSON object that is strict and free of doubles"
        case .payloadNotJSON: "the payload is not a JSON object that is strict and free of doubles"
        case .algorithmMissing: "the header names no algorithm"
        case .algorithmNone: "the token is not signed (alg)"
        case .algorithmUnknown: "the header names an algorithm that is not supported"
        case .algorithmNotAllowed: "the header names an algorithm that is not allowed here"
        case .typeNotJWT: "the header's typ is neither JWT nor at+jwt"
        case .criticalExtension: "the header demands an extension that is not supported (crit)"
        case .unencodedPayload: "unencoded payloads are not supported (b64)"
        case .encryptedOrCompressed: "encrypted and compressed tokens are not supported (enc, zip)"
        case .keyIDNotText: "the header's kid is not a string"
        case .noMatchingKey: "no key fits the token's issuer, key id and algorithm"
        case .signatureMismatch: "the signature does not match"
        case .subject: "sub must be a string of 1 to 255 bytes or a whole number"
        case .tenantMissing: "the token names no tenant"
        case .severalTenants: "the tenant claim names more than one tenant"
        case .tenant: "the tenant claim must be 1 to 64 characters of A-Z, a-z, 0-9, dot, underscore and hyphen"
        case .tenantOfAnotherIssuer: "the token's issuer does not speak for this tenant"
        case .expiryMissing: "exp is missing"
        case .notADate: "exp, nbf and iat must be numbers of seconds since 1970, within 100 million days of it"
        case .expired: "the token has expired (exp)"
        case .notYetValid: "the token is not valid yet (nbf)"
        case .issuedInFuture: "the token was issued in the future (iat)"
        case .issuer: "iss is not the issuer that is expected"
        case .audience: "aud (or without it client_id, azp) does not name this audience"
        case .tokenID: "jti must be a string"
        case .boards: "boards must be an array of strings"
        }
    }
}
