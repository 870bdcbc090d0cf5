/// The path of a call or a stream, used both by the router and by ``StreamFront`` before it.
///
/// Segments are compared byte by byte, without decoding; at most one of them is a parameter, `:name`.
struct PathPattern: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    let description: String
    private let prefix: String
    /// The part after the parameter; nil when there is no parameter.
    private let suffix: String?

    init(stringLiteral pattern: StaticString) { self.init(pattern.description) }

    init(_ pattern: String) {
        description = pattern
        guard let colon = pattern.firstIndex(of: ":") else {
            (prefix, suffix) = (pattern, nil)
            return
        }
        prefix = String(pattern[..<colon])
        suffix = pattern[colon...].firstIndex(of: "/").map { String(pattern[$0...]) } ?? ""
    }

    enum Match: Equatable {
        case exact
        /// - Parameter parameter: one segment, not empty.
        case with(Substring)
    }

    /// - Parameter path: a request's target without its query.
    func match(_ path: Substring) -> Match? {
        let bytes = path.utf8
        guard let suffix else { return bytes.elementsEqual(prefix.utf8) ? .exact : nil }
        guard bytes.starts(with: prefix.utf8) else { return nil }
        let rest = bytes.dropFirst(prefix.utf8.count)
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        guard end > rest.startIndex, rest[end...].elementsEqual(suffix.utf8) else { return nil }
        return .with(path[rest.startIndex..<end])
    }

    /// The path with `value` for its parameter.
    func path(with value: String) -> String { suffix.map { prefix + value + $0 } ?? prefix }
}
