import Events
import Text

extension Timestamp {
    /// A day or a time as forms and programming languages write it: RFC 3339, `2026-01-15` (which begins at midnight),
    /// `2026-01-15T10:30`, `2026-01-15 10:30:00`, `2026-01-15T10:30:00+0000`. Without a zone it is in UTC.
    ///
    /// Nil for everything else, such as a day that could be read in two ways.
    init?(dayOrTime text: String) {
        if let time = Timestamp(rfc3339: text) {
            self = time
            return
        }
        let bytes = Array(text.utf8)
        guard 10...64 ~= bytes.count else { return nil }
        var rest = bytes[10...]
        var time = Array(bytes[..<10])
        if rest.isEmpty {
            time += "T00:00:00Z".utf8
        } else {
            guard "Tt ".utf8.contains(rest.removeFirst()), rest.count >= 5 else { return nil }
            time += [UInt8(ascii: "T")] + rest.prefix(5)
            rest = rest.dropFirst(5)
            if rest.first == UInt8(ascii: ":") {
                let seconds = rest.prefix { ":.".utf8.contains($0) || $0.isASCIIDigit }
                time += seconds
                rest = rest.dropFirst(seconds.count)
            } else {
                time += ":00".utf8
            }
            guard let zone = Self.zone(rest) else { return nil }
            time += zone
        }
        self.init(rfc3339: String(decoding: time, as: UTF8.self))
    }

    /// An offset as RFC 3339 has it; nil for what is none.
    private static func zone(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        let zone = bytes.first == UInt8(ascii: " ") ? Array(bytes.dropFirst()) : Array(bytes)
        guard let sign = zone.first else { return bytes.isEmpty ? Array("Z".utf8) : nil }
        guard "+-".utf8.contains(sign) else { return zone }
        switch zone.count {
        case 3: return zone + ":00".utf8
        case 5: return zone[..<3] + [UInt8(ascii: ":")] + zone[3...]
        default: return zone
        }
    }
}
