public import Events

/// Metrics in the text format of Prometheus (version 0.0.4), a family after the other.
///
/// The samples of a family stand together, in the order in which they are given; a family without samples has its head
/// alone.
public struct MetricsText: Sendable {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    public enum Kind: String, Sendable {
        /// Only grows; its name ends with `_total`, or is one that Prometheus itself has given.
        case counter
        case gauge
    }

    public private(set) var text = ""

    public init() {}

    /// A family of one sample without labels.
    public mutating func add(_ kind: Kind, _ name: String, _ help: String, _ value: Double) {
        head(kind.rawValue, name, help)
        sample(name, [], value)
    }

    /// A family with a sample for each value of its label.
    public mutating func add(
        _ kind: Kind, _ name: String, _ help: String, by label: String, _ samples: [(label: String, value: Double)]
    ) {
        head(kind.rawValue, name, help)
        for one in samples { sample(name, [(label, one.label)], one.value) }
    }

    /// A family with a sample for each pair of values of its two labels.
    public mutating func add(
        _ kind: Kind, _ name: String, _ help: String, by first: String, _ second: String,
        _ samples: [(first: String, second: String, value: Double)]
    ) {
        head(kind.rawValue, name, help)
        for one in samples { sample(name, [(first, one.first), (second, one.second)], one.value) }
    }

    /// A family of one histogram.
    public mutating func add(_ name: String, _ help: String, _ histogram: Histogram) {
        head("histogram", name, help)
        var count = 0
        for (bound, more) in zip(histogram.bounds + [.infinity], histogram.counts) {
            count += more
            sample("\(name)_bucket", [("le", Self.number(bound))], Double(count))
        }
        sample("\(name)_sum", [], histogram.sum)
        sample("\(name)_count", [], Double(count))
    }

    private mutating func head(_ kind: String, _ name: String, _ help: String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind)\n"
    }

    private mutating func sample(_ name: String, _ labels: [(name: String, value: String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{"
            text += labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ",")
            text += "}"
        }
        text += " \(Self.number(value))\n"
    }

    /// Whole numbers without a fraction.
    private static func number(_ value: Double) -> String {
        if let whole = Int(exactly: value) { return String(whole) }
        return value.isNaN ? "NaN" : value.isInfinite ? (value > 0 ? "+Inf" : "-Inf") : String(value)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
