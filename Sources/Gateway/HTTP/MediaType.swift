import Text

/// A media type with its parameters, as `Content-Type` has it (RFC 9110 §8.3.1).
struct MediaType {
    /// In small letters: `text/csv`.
    let essence: String
    private let parameters: [(name: String, value: String)]

    /// Never fails: of what is not well formed the parts that can be read are there.
    init(_ text: String) {
        var parts = Self.parts(of: text)[...]
        essence = (parts.popFirst() ?? "").trimmed.lowercased()
        parameters = parts.compactMap { part in
            let halves = part.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else { return nil }
            return (halves[0].trimmed.lowercased(), Self.unquoted(halves[1].trimmed))
        }
    }

    /// The first of that name.
    subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// What is between semicolons that stand in no quotes.
    static func parts(of text: String) -> [String] {
        var parts = [String.UnicodeScalarView()]
        var isQuoted = false
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if scalar == ";", !isQuoted {
                parts.append(String.UnicodeScalarView())
                continue
            }
            if scalar == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = scalar == "\\" && isQuoted && !isEscaped
            parts[parts.count - 1].append(scalar)
        }
        return parts.map { String($0) }
    }

    /// RFC 9110 §5.6.4.
    private static func unquoted(_ text: Substring) -> String {
        guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return String(text) }
        var value = String.UnicodeScalarView()
        var scalars = text.dropFirst().dropLast().unicodeScalars.makeIterator()
        while let scalar = scalars.next() { value.append(scalar == "\\" ? scalars.next() ?? scalar : scalar) }
        return String(value)
    }
}
