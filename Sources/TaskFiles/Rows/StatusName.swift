import Boards
import Text

/// Makes a status of a list's name in any script: `Idées` is `idees`, `В работе` is `v_rabote`.
///
/// A name with letters that have no simple spelling in ASCII becomes `list-N`, with a number that is the name's own, so
/// that the same name is the same status in each import.
enum StatusName {
    static func status(for name: String) -> String {
        var text = ""
        for scalar in name.lowercased().unicodeScalars.prefix(1000) {
            if scalar.isASCII {
                let isKept = UInt8(ascii: scalar).isASCIIAlphanumeric || scalar == "-"
                if isKept {
                    text.unicodeScalars.append(scalar)
                } else if text.utf8.last != UInt8(ascii: "_") {
                    text += "_"
                }
            } else if let letters = spellings[scalar] {
                text += letters
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                return numbered(name)
            } else if !(0x300...0x36F ~= scalar.value), text.utf8.last != UInt8(ascii: "_") {
                text += "_"
            }
        }
        let trimmed = text.utf8.drop { $0 == UInt8(ascii: "_") }.prefix(64)
        let end = trimmed.lastIndex { $0 != UInt8(ascii: "_") }
        guard let end, let status = String(trimmed[...end]), Board.isStatus(status) else { return numbered(name) }
        return status
    }

    /// FNV-1a, of four digits: among the lists of a board two hardly ever share a number.
    private static func numbered(_ name: String) -> String {
        let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "list-\(1000 + (hash ^ hash >> 32) % 9000)"
    }

    private static let spellings: [Unicode.Scalar: String] = {
        var spellings: [Unicode.Scalar: String] = [
            "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ĳ": "ij", "ŉ": "n", "ŋ": "ng", "ĸ": "k",
            "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
            "є": "ye", "ї": "yi", "ђ": "dj", "љ": "lj", "њ": "nj", "џ": "dz",
            "θ": "th", "χ": "ch", "ψ": "ps",
        ]
        let letters = [
            "a": "àáâãäåāăąаάα", "b": "бβ", "c": "çćĉċč", "d": "ďđðдδ", "e": "èéêëēĕėęěеэєёέε", "f": "фφ",
            "g": "ĝğġģгґγ",
            "h": "ĥħ", "i": "ìíîïĩīĭįıиіήηίιϊΐ", "j": "ĵјй", "k": "ķкκ", "l": "ĺļľŀłлλ", "m": "мμ", "n": "ñńņňнν",
            "o": "òóôõöøōŏőоόοώω", "p": "пπ", "r": "ŕŗřрρ", "s": "śŝşšșсσς", "t": "ţťŧțтτћ", "u": "ùúûüũūŭůűųу",
            "v": "в",
            "w": "ŵ", "x": "ξ", "y": "ýÿŷыύυϋΰ", "z": "źżžзζ",
        ]
        for (letter, others) in letters {
            for other in others.unicodeScalars where spellings[other] == nil { spellings[other] = letter }
        }
        return spellings
    }()
}
