import Events

@testable import Tokens

/// The verdicts of one verifier on one token, by the quick way and by the full rules.
enum BothWays {
    /// Yes, with the same principal.
    case yes(Principal)
    /// The quick way says nothing; with what the full rules say.
    case left(Result<Principal, TokenError>)
    /// The quick way says yes where it must not.
    case differs(String)

    init(_ verifier: TokenVerifier, _ token: [UInt8], at now: Timestamp = Samples.now) {
        self = token.withUnsafeBytes { token in
            let full = Result { () throws(TokenError) in try verifier.verifyInFull(token, at: now) }
            guard let quick = verifier.verifyPlain(token, at: now) else { return .left(full) }
            guard case .success(let principal) = full, quick.isSame(as: principal) else {
                return .differs("\(String(decoding: token, as: UTF8.self)): \(quick), but \(full)")
            }
            return .yes(quick)
        }
    }

    var isYes: Bool { if case .yes = self { true } else { false } }
}

extension Principal {
    /// Texts are compared by their bytes.
    fileprivate func isSame(as other: Principal) -> Bool {
        tenant == other.tenant && user == other.user && role == other.role && boards == other.boards
            && expiresAt == other.expiresAt && issuedAt == other.issuedAt && notBefore == other.notBefore
            && tokenID.map { Array($0.utf8) } == other.tokenID.map { Array($0.utf8) }
            && issuer.map { Array($0.utf8) } == other.issuer.map { Array($0.utf8) } && signer == other.signer
    }
}
