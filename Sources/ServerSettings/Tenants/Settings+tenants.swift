import Events

extension Settings {
    /// The most files that `tenants.directory` may have.
    static let mostTenants = 10_000

    /// Reads the files of `tenants.directory`, if there is one, replacing those that were read before.
    ///
    /// - Throws: ``InvalidSettings`` with everything that is wrong with any of them.
    public mutating func readTenants() throws(InvalidSettings) {
        guard let directory = tenants.directory else { return tenants.files = [] }
        let names: [String]
        do { names = try SmallFile.names(inDirectory: directory) } catch {
            throw InvalidSettings(.unreadable(error, key: "tenants.directory"))
        }
        guard names.count <= Self.mostTenants else {
            let problem = "has more than \(Self.mostTenants) files"
            throw InvalidSettings(.badFile(path: directory, line: nil, problem: problem))
        }
        var problems: [SettingsProblem] = []
        var files: [TenantFile] = []
        for name in names {
            let path = "\(directory)/\(name)"
            guard name.hasSuffix(".yaml"), let tenant = TenantID(String(name.dropLast(5))) else {
                problems.append(.badFile(path: path, line: nil, problem: "is not named TENANT.yaml, after a tenant"))
                continue
            }
            do { files.append(try TenantFile(path, of: tenant, over: self)) } catch { problems += error.problems }
        }
        problems += sharedIssuers(of: files) + signInProblems(with: files)
        if let file = files.first(where: { $0.tenant == auth.tenant }) {
            let problem = "auth.tenant is this tenant, for which only the tokens of its own issuer count"
            problems.append(.badFile(path: file.path, line: nil, problem: problem))
        }
        guard problems.isEmpty else { throw InvalidSettings(problems) }
        tenants.files = files
    }

    /// The problems with issuers that are used more than once: an issuer belongs to one tenant, or to those that have
    /// no issuer of their own.
    private func sharedIssuers(of files: [TenantFile]) -> [SettingsProblem] {
        var owners: [[UInt8]: String] = [:]
        for issuer in auth.issuers { owners[Array(issuer.utf8)] = "the general auth.issuers" }
        if let issuer = auth.issuer { owners[Array(issuer.utf8)] = "the general auth.issuer" }
        return files.compactMap { file in
            guard let owner = owners.updateValue(file.path, forKey: Array(file.issuer.utf8)) else { return nil }
            return .badFile(path: file.path, line: nil, problem: "its auth.issuer is also that of \(owner)")
        }
    }
}
