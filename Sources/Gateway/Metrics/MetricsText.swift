/// Metrics in the text format of Prometheus (version 0.0.4), a family after the other.
///
/// The samples of a family stand together, in the order in which they are given; a family without samples has its head
/// alone.
struct MetricsText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String {
        /// Only grows; its name ends with `_total`, or is one that Prometheus itself has given.
        case counter
        case gauge
    }

    private(set) var text = ""

    /// A family of one sample without labels.
    mutating func add(_ kind: Kind, _ name: String, _ help: String, _ value: Double) {
        head(kind, name, help)
        text += "\(name) \(Self.number(value))\n"
    }

    /// A family with a sample for each value of its label.
    mutating func add(
        _ kind: Kind, _ name: String, _ help: String, by label: String, _ samples: [(label: String, value: Double)]
    ) {
        head(kind, name, help)
        for sample in samples {
            text += "\(name){\(label)=\"\(Self.escaped(sample.label, quotes: true))\"} \(Self.number(sample.value))\n"
        }
    }

    private mutating func head(_ kind: Kind, _ name: String, _ help: String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
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
