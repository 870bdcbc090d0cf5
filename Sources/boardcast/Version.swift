import CBuild

/// Which Boardcast this is.
enum Version {
    /// The release, as semver.org numbers it; the first line of CHANGELOG.md that has a number has the same.
    static let number = "0.1.0"

    /// The number, and the commit where the build was told one: `0.1.0 (c9d7385)`.
    static let text = text(number, commit: String(cString: boardcast_commit()))

    static func text(_ number: String, commit: String) -> String {
        commit.isEmpty ? number : "\(number) (\(commit))"
    }
}
