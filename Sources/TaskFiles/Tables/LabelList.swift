import StrictJSON
import Text

/// A task's labels in one field of a table: `bug; next release`, or `bug, next release`.
///
/// With semicolons a backslash takes what follows it for itself: `\;`, `\\`, and spaces that a label begins or ends
/// with.
enum LabelList {
    /// What separates the labels of a file: semicolons where any of its fields of labels has one, else commas.
    enum Separator { case semicolon, comma }

    /// Labels of one field that are looked at; a task has fewer.
    static let most = 200

    static func labels(in text: String, _ separator: Separator) -> [String] {
        guard separator == .comma else { return labels(in: text) }
        var labels: [String] = []
        for part in text.split(separator: ",").lazy.map({ String($0.trimmed) }) where !part.isEmpty {
            guard labels.count < most else { break }
            if !labels.contains(where: { $0.hasSameBytes(as: part) }) { labels.append(part) }
        }
        return labels
    }

    static func text(of labels: [String]) -> String {
        labels.map(escaped).joined(separator: "; ")
    }

    /// Without those that are empty, or given before.
    static func labels(in text: String) -> [String] {
        var labels: [String] = []
        var label = String.UnicodeScalarView()
        var count = 0
        var length = 0  // up to the last scalar that is no space, or is escaped
        func end() {
            let text = String(String.UnicodeScalarView(label.prefix(length)))
            if !text.isEmpty, !labels.contains(where: { $0.utf8.elementsEqual(text.utf8) }) { labels.append(text) }
            label.removeAll()
            (count, length) = (0, 0)
        }
        var scalars = text.unicodeScalars.makeIterator()
        while labels.count < most, let scalar = scalars.next() {
            switch scalar {
            case ";": end()
            case " " where length == 0: break
            case " ":
                label.append(scalar)
                count += 1
            default:
                label.append(scalar == "\\" ? scalars.next() ?? scalar : scalar)
                count += 1
                length = count
            }
        }
        if labels.count < most { end() }
        return labels
    }

    private static func escaped(_ label: String) -> String {
        let scalars = Array(label.unicodeScalars)
        var text = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            let isEdge = index == 0 || index == scalars.count - 1
            if scalar == ";" || scalar == "\\" || scalar == " " && isEdge { text.append("\\") }
            text.append(scalar)
        }
        return String(text)
    }
}
