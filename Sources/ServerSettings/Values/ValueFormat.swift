import Logging
import Text
import Tokens

/// How one kind of value is spelled, and how to read it.
struct ValueFormat<Value>: Sendable {
    /// What is allowed, to be read after "allowed:".
    let allowed: String
    let isList: Bool
    /// Whether YAML may have a mapping here, which is given to `parse` as a JSON object.
    let isMapping: Bool
    let parse: @Sendable (String) throws(Unfit) -> Value

    init(
        _ allowed: String, isList: Bool = false, isMapping: Bool = false,
        parse: @escaping @Sendable (String) throws(Unfit) -> Value
    ) {
        self.allowed = allowed
        self.isList = isList
        self.isMapping = isMapping
        self.parse = parse
    }
}

/// Why a text is not a value of a key, to be read after the key or the text: "is not a whole number".
struct Unfit: Error {
    let problem: String
    /// Whether the message may quote the text, which it must not when the text may contain a password.
    let showsText: Bool

    init(_ problem: String, showsText: Bool = true) {
        self.problem = problem
        self.showsText = showsText
    }
}

extension ValueFormat {
    /// Values with commas between; spaces around them do not count.
    static func list<Element>(of format: ValueFormat<Element>) -> Self where Value == [Element] {
        Self("a list; each: \(format.allowed)", isList: true) { text throws(Unfit) in
            var elements: [Element] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let part = String(part.trimmed)
                if part.isEmpty, text.trimmed.isEmpty { break }
                do throws(Unfit) { elements.append(try format.parse(part)) } catch {
                    throw Unfit("has “\(part.printable)”, which \(error.problem)", showsText: false)
                }
            }
            return elements
        }
    }
}

extension ValueFormat where Value == Int {
    static func whole(_ range: ClosedRange<Int>, of unit: String? = nil) -> Self {
        let what = unit.map { "a whole number of \($0)" } ?? "a whole number"
        return Self("\(what) from \(range.lowerBound) to \(range.upperBound)") { text throws(Unfit) in
            guard text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: "-") }), let value = Int(text) else {
                throw Unfit("is not a whole number")
            }
            guard range.contains(value) else { throw Unfit("is out of range") }
            return value
        }
    }
}

extension ValueFormat where Value == Bool {
    static let flag = Self("true or false") { text throws(Unfit) in
        switch text {
        case "true": return true
        case "false": return false
        default: throw Unfit("is neither")
        }
    }
}

extension ValueFormat where Value == Int {
    /// The mode of a file, as chmod(1) takes it.
    static let fileMode = Self("a file's mode in octal digits, such as 0660") { text throws(Unfit) in
        guard 3...4 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x37 ~= $0 }), let mode = Int(text, radix: 8),
            mode <= 0o777
        else { throw Unfit("is no such mode") }
        guard mode & 0o600 == 0o600 else { throw Unfit("would shut the server's own user out") }
        return mode
    }
}

extension ValueFormat where Value == Duration {
    static func seconds(_ range: ClosedRange<Int>) -> Self {
        let number = ValueFormat<Int>.whole(range, of: "seconds")
        return Self(number.allowed) { text throws(Unfit) in .seconds(try number.parse(text)) }
    }

    static func milliseconds(_ range: ClosedRange<Int>) -> Self {
        let number = ValueFormat<Int>.whole(range, of: "milliseconds")
        return Self(number.allowed) { text throws(Unfit) in .milliseconds(try number.parse(text)) }
    }
}

extension ValueFormat where Value == String {
    /// Any text that is not empty.
    static func text(_ what: String) -> Self {
        Self(what) { text throws(Unfit) in
            guard !text.isEmpty else { throw Unfit("is empty") }
            return text
        }
    }

    /// Text that an address can have as it is: visible ASCII and spaces (RFC 6749 appendix A.1).
    static func line(_ what: String) -> Self {
        Self(what) { text throws(Unfit) in
            guard !text.isEmpty else { throw Unfit("is empty") }
            guard text.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else { throw Unfit("has letters that are not ASCII") }
            return text
        }
    }

    /// RFC 6749 §3.3.
    static let scope = Self("the name of a scope, such as profile") { text throws(Unfit) in
        let isScope = text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        guard !text.isEmpty, isScope else { throw Unfit("is none") }
        return text
    }

    static let path = text("the path of a file")
    static let directory = text("the path of a directory")
}

extension ValueFormat where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// One of an enum's names, spelled exactly.
    static func name() -> Self {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(names) { text throws(Unfit) in
            guard let value = Value.allCases.first(where: { $0.rawValue.utf8.elementsEqual(text.utf8) }) else {
                throw Unfit("is none of these")
            }
            return value
        }
    }
}

extension ValueFormat where Value == Logger.Level {
    /// A level by its name or by one that other programs have for it, in any case.
    static let logLevel = Self(ValueFormat.name().allowed) { text throws(Unfit) in
        let name = text.lowercased()
        let others = ["warn": "warning", "err": "error", "crit": "critical", "fatal": "critical"]
        guard let level = Logger.Level(rawValue: others[name] ?? name) else { throw Unfit("is none of these") }
        return level
    }
}

extension ValueFormat where Value == Algorithm {
    static let algorithm = Self(name().allowed + "; none never") { text throws(Unfit) in
        guard let algorithm = Algorithm(name: text) else { throw Unfit("is none of these") }
        return algorithm
    }
}

extension ValueFormat where Value == Secret {
    static let secret = Self("at least 32 bytes, as `openssl rand -base64 48` makes them") { text throws(Unfit) in
        let bytes = Array(text.utf8)
        guard bytes.count >= 32 else { throw Unfit("has only \(bytes.count) bytes") }
        return Secret(bytes)
    }
}
