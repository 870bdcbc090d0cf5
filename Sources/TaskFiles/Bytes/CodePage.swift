/// An encoding of text with a byte for each character, of which those from 0x00 to 0x7F are ASCII's.
///
/// ISO 8859-1, -9 and -11 are parts of Windows-1252, -1254 and -874, and are read as these (WHATWG Encoding §4.2).
public enum CodePage: String, Sendable, CaseIterable {
    case windows874 = "windows-874"
    case windows1250 = "windows-1250"
    case windows1251 = "windows-1251"
    case windows1252 = "windows-1252"
    case windows1253 = "windows-1253"
    case windows1254 = "windows-1254"
    case windows1255 = "windows-1255"
    case windows1256 = "windows-1256"
    case windows1257 = "windows-1257"
    case windows1258 = "windows-1258"
    case iso8859x2 = "iso-8859-2"
    case iso8859x3 = "iso-8859-3"
    case iso8859x4 = "iso-8859-4"
    case iso8859x5 = "iso-8859-5"
    case iso8859x6 = "iso-8859-6"
    case iso8859x7 = "iso-8859-7"
    case iso8859x8 = "iso-8859-8"
    case iso8859x10 = "iso-8859-10"
    case iso8859x13 = "iso-8859-13"
    case iso8859x14 = "iso-8859-14"
    case iso8859x15 = "iso-8859-15"
    case iso8859x16 = "iso-8859-16"
    case koi8r = "koi8-r"
    case koi8u = "koi8-u"
    case ibm437
    case ibm850
    case ibm852
    case ibm866
    case macintosh

    /// By one of the names that software gives it, in small letters and digits alone.
    init?(label: String) {
        if let page = Self.others[label] {
            self = page
            return
        }
        for prefix in ["windows", "xcp", "cp", "win", "ibm"] where label.hasPrefix(prefix) {
            let number = label.dropFirst(prefix.count)
            guard let page = CodePage(rawValue: "windows-\(number)") ?? CodePage(rawValue: "ibm\(number)") else {
                continue
            }
            self = page
            return
        }
        for prefix in ["iso8859", "8859"] where label.hasPrefix(prefix) {
            guard let page = Self.page(ofPart: label.dropFirst(prefix.count)) else { continue }
            self = page
            return
        }
        return nil
    }

    private static func page(ofPart part: Substring) -> CodePage? {
        switch part {
        case "1": .windows1252
        case "9": .windows1254
        case "11": .windows874
        default: CodePage(rawValue: "iso-8859-\(part)")
        }
    }

    private static let others: [String: CodePage] = {
        var pages: [String: CodePage] = [
            "koi8r": .koi8r, "koi8": .koi8r, "koi8u": .koi8u, "macintosh": .macintosh, "mac": .macintosh,
            "macroman": .macintosh, "xmacroman": .macintosh, "tis620": .windows874, "ansi": .windows1252,
        ]
        // Parts of ISO 8859 by the number of their Latin alphabet.
        let parts = [
            "1": "1", "2": "2", "3": "3", "4": "4", "5": "9", "6": "10", "7": "13", "8": "14", "9": "15", "10": "16",
        ]
        for (latin, part) in parts { pages["latin\(latin)"] = page(ofPart: part[...]) }
        return pages
    }()
}
