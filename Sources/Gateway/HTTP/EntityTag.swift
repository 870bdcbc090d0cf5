import Boards
import Events
import HTTPTypes
import Text
import Tokens

/// An entity tag (RFC 9110 §8.8.3): the version of a task or board and the epoch in which that was written, or the
/// cursor of a snapshot.
///
/// The epoch keeps the tag of a task that was lost with a life of the database from matching another task. Versions
/// without one are taken too, and so are the spellings of proxies that compress: weak, or with the coding at the end.
struct EntityTag: CustomStringConvertible {
    private let opaque: String
    /// The same without the epoch.
    private let bare: String?

    init(_ cursor: Cursor) { (opaque, bare) = (cursor.description, nil) }
    init(_ task: BoardTask) { self.init(task.version, task.epoch) }
    init(_ board: Board) { self.init(board.version, board.epoch) }

    /// That of a file.
    init(digestOf bytes: [UInt8]) { (opaque, bare) = (Base64URL.encode(sha256(bytes).prefix(16)), nil) }

    private init(_ version: Int, _ epoch: Epoch) { (opaque, bare) = ("\(version)-\(epoch)", String(version)) }

    var description: String { "\"\(opaque)\"" }

    /// That of the same, coded with gzip.
    var ofGzip: String { "\"\(opaque)-gzip\"" }

    /// Weak comparison, as `If-None-Match` asks for (RFC 9110 §13.1.2).
    func isIn(_ header: String?) -> Bool {
        guard let header else { return false }
        return Self.list(header).contains { tag in
            guard tag != "*" else { return true }
            guard let tag = Self.opaque(tag) else { return false }
            return tag == opaque || tag == bare ?? opaque
        }
    }

    /// The version that `If-Match` demands; nil for any.
    ///
    /// Of a list any will do. A tag that is not one of our versions is read as -1, which no object has.
    /// - Throws: ``Problem`` 400 for a field without a tag, or with one beside `*`.
    static func version(in header: String?) throws(Problem) -> ExpectedVersion? {
        guard let header else { return nil }
        let tags = list(header).filter { !$0.isEmpty }
        if tags == ["*"] { return nil }
        guard !tags.isEmpty, !tags.contains("*") else {
            throw Problem(.invalidIfMatch, "If-Match must hold entity tags, such as \"3\", or *.")
        }
        let versions = tags.compactMap { opaque($0).flatMap(version) }
        return versions.isEmpty ? -1 : ExpectedVersion(anyOf: versions)
    }

    private static func version(_ opaque: Substring) -> ExpectedVersion? {
        if let place = Cursor(opaque) { return ExpectedVersion(place.seq, in: place.epoch) }
        guard let version = Int(digits: opaque), String(version) == opaque else { return nil }
        return ExpectedVersion(version)
    }

    /// What stands between the quotes, without the coding that a proxy has put at its end; nil for what is no tag.
    private static func opaque(_ tag: Substring) -> Substring? {
        let quoted = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
        guard quoted.count >= 2, quoted.first == "\"", quoted.last == "\"" else { return nil }
        let opaque = quoted.dropFirst().dropLast()
        for coding in ["-gzip", "-br", "-zstd"] where opaque.hasSuffix(coding) {
            return opaque.dropLast(coding.count)
        }
        return opaque
    }

    private static func list(_ header: String) -> [Substring] {
        header.split(separator: ",").map { tag in
            let start = tag.drop { $0 == " " || $0 == "\t" }
            let end = start.lastIndex { $0 != " " && $0 != "\t" }
            return end.map { start[...$0] } ?? ""
        }
    }
}
