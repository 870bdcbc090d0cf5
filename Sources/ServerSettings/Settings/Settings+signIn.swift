import StrictJSON

extension Settings {
    /// What is wrong with ``signIn`` on its own. Whether the issuer's tokens are taken is known once the tenants' files are
    /// read.
    var signInProblems: [SettingsProblem] {
        if (signIn.issuer == nil) != (signIn.clientID == nil) { return [.halfASignIn] }
        guard let issuer = signIn.issuer, tenants.directory == nil, !takesTokens(of: issuer) else { return [] }
        return [.signInOfAStranger(issuer: issuer)]
    }

    /// The same, once the tenants' files are read.
    func signInProblems(with files: [TenantFile]) -> [SettingsProblem] {
        guard let issuer = signIn.issuer, !takesTokens(of: issuer), !files.contains(where: { $0.issuer == issuer })
        else { return [] }
        return [.signInOfAStranger(issuer: issuer)]
    }

    /// Whether tokens of `issuer` may be verified by the general keys.
    private func takesTokens(of issuer: String) -> Bool {
        if auth.issuers.contains(issuer) { return true }
        let hasKeys = auth.jwksURL != nil || auth.jwksFile != nil || auth.publicKeyFile != nil
        return hasKeys && (auth.issuer ?? issuer).hasSameBytes(as: issuer)
    }
}
