/// A number or a name that a row of the table of bounds says.
enum TableWord: Hashable, CustomStringConvertible {
    case count(Double)
    case bytes(Double)
    case seconds(Double)
    /// One of so many parts: 2 for `half`, 16 for `a sixteenth`.
    case share(Int)
    /// What stands between backticks.
    case name(String)

    private static let shares = [
        "half": 2, "quarter": 4, "eighth": 8, "tenth": 10, "sixteenth": 16, "sixty-fourth": 64,
    ]

    var description: String {
        switch self {
        case .count(let number): Self.digits(number)
        case .bytes(let number) where number >= 0x1p20: "\(Self.digits(number / 0x1p20)) MiB"
        case .bytes(let number) where number >= 1024: "\(Self.digits(number / 1024)) KiB"
        case .bytes(let number): "\(Self.digits(number)) bytes"
        case .seconds(let number): "\(Self.digits(number)) s"
        case .share(let parts): Self.shares.first { $0.value == parts }?.key ?? "1/\(parts)"
        case .name(let name): "`\(name)`"
        }
    }

    private static func digits(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number))" : "\(number)"
    }

    /// The words of a row in their order. A number in a name, as in `UTF-8` or `IPv6`, is none of them.
    static func all(in text: String) -> [TableWord] {
        var found: [TableWord] = []
        var rest = text[...]
        while let next = rest.first {
            if next == "`" {
                rest.removeFirst()
                found.append(.name(String(rest.prefix { $0 != "`" })))
                rest = rest.drop { $0 != "`" }.dropFirst()
            } else if next.isDigit {
                found.append(number(from: &rest))
            } else if next.isLetter {
                let word = rest.prefix { $0.isLetter || $0.isDigit || $0 == "-" }
                if let parts = shares[String(word)] { found.append(.share(parts)) }
                rest = rest[word.endIndex...]
            } else {
                rest.removeFirst()
            }
        }
        return found
    }

    /// `10 000`, `0.1 s`, `64 KiB`, `1½`.
    private static func number(from rest: inout Substring) -> TableWord {
        var digits = String(take(from: &rest) { $0.isDigit })
        while rest.first == " ", rest.dropFirst().prefix(while: { $0.isDigit }).count == 3 {
            rest.removeFirst()
            digits += take(from: &rest) { $0.isDigit }
        }
        if rest.first == ".", rest.dropFirst().first?.isDigit == true {
            rest.removeFirst()
            digits += "." + take(from: &rest) { $0.isDigit }
        }
        var value = Double(digits) ?? .nan
        if rest.first == "½" {
            rest.removeFirst()
            value += 0.5
        }
        let unit = rest.first == " " ? rest.dropFirst().prefix { $0.isLetter } : ""
        return switch unit {
        case "bytes": .bytes(value)
        case "KiB": .bytes(value * 1024)
        case "MiB": .bytes(value * 0x1p20)
        case "ms": .seconds(value / 1000)
        case "s": .seconds(value)
        case "h": .seconds(value * 3600)
        default: .count(value)
        }
    }

    private static func take(from rest: inout Substring, while holds: (Character) -> Bool) -> Substring {
        let taken = rest.prefix(while: holds)
        rest = rest[taken.endIndex...]
        return taken
    }
}

extension Character {
    fileprivate var isDigit: Bool { "0"..."9" ~= self }
}
