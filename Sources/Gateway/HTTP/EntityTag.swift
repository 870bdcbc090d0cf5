import HTTPTypes
import Text

/// An entity tag (RFC 9110 §8.8.3): the version of a task or board, or the cursor of a snapshot.
struct EntityTag: CustomStringConvertible {
    let description: String

    init(_ opaque: String) { description = "\"\(opaque)\"" }
    init(version: Int) { self.init(String(version)) }

    /// Weak comparison, as `If-None-Match` asks for (RFC 9110 §13.1.2).
    func isIn(_ header: String?) -> Bool {
        guard let header else { return false }
        return Self.list(header).contains { $0 == "*" || $0 == description || $0 == "W/" + description }
    }

    /// The version that `If-Match` demands; nil for any.
    ///
    /// A tag that is not one of our versions is read as -1, which no object has.
    /// - Throws: ``Problem`` 400 when more than one version is named.
    static func version(in header: String?) throws(Problem) -> Int? {
        guard let header else { return nil }
        let tags = list(header)
        guard tags.count == 1, let tag = tags.first else {
            throw Problem(.badRequest, "invalid_if_match", "If-Match must hold one entity tag, such as \"3\", or *.")
        }
        if tag == "*" { return nil }
        guard tag.count > 2, let version = Int(digits: tag.dropFirst().dropLast()) else { return -1 }
        return EntityTag(version: version).description == tag ? version : -1
    }

    private static func list(_ header: String) -> [Substring] {
        header.split(separator: ",").map { tag in
            let start = tag.drop { $0 == " " || $0 == "\t" }
            let end = start.lastIndex { $0 != " " && $0 != "\t" }
            return end.map { start[...$0] } ?? ""
        }
    }
}
