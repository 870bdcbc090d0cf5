import Text

/// How the text of a file is written.
public enum TextEncoding: String, Sendable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    case windows1252 = "windows-1252"
    /// UTF-8 in which single bytes are none: they are taken for those of Windows-1252.
    case mixed = "utf-8, windows-1252"

    /// Found by looking: a byte order mark, zeros where UTF-16 has them, else whether the bytes are UTF-8.
    ///
    /// What is not UTF-8 is Windows-1252, of which ISO 8859-1 is a part (WHATWG Encoding §4.2).
    init(of bytes: UnsafeBufferPointer<UInt8>) {
        if bytes.starts(with: [0xFF, 0xFE]) {
            self = .utf16LittleEndian
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            self = .utf16BigEndian
        } else if bytes.count >= 4, bytes[0] != 0, bytes[1] == 0, bytes[2] != 0, bytes[3] == 0 {
            self = .utf16LittleEndian
        } else if bytes.count >= 4, bytes[0] == 0, bytes[1] != 0, bytes[2] == 0, bytes[3] != 0 {
            self = .utf16BigEndian
        } else {
            let survey = UTF8Survey(bytes)
            self = survey.bad == 0 ? .utf8 : survey.bad < survey.sequences ? .mixed : .windows1252
        }
    }

    /// The bytes as UTF-8, without a byte order mark.
    func decoded(_ bytes: SharedBytes) throws(TemporaryFileError) -> SharedBytes {
        let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        switch self {
        case .utf8: return bytes.part(mark..<bytes.count)
        case .utf16LittleEndian:
            return try bytes.withBuffer { part throws(TemporaryFileError) in
                try Self.fromUTF16(part, low: 0)
            }
        case .utf16BigEndian:
            return try bytes.withBuffer { part throws(TemporaryFileError) in
                try Self.fromUTF16(part, low: 1)
            }
        case .windows1252, .mixed:
            return try bytes.withBuffer { part throws(TemporaryFileError) in
                try Self.fromBytes(part, keepsUTF8: self == .mixed)
            }
        }
    }

    /// A half of a surrogate pair becomes U+FFFD; an odd byte at the end is left out.
    private static func fromUTF16(
        _ bytes: UnsafeBufferPointer<UInt8>, low: Int
    ) throws(TemporaryFileError) -> SharedBytes {
        let spool = FileSpool()
        let units = bytes.count / 2
        func unit(_ index: Int) -> UInt32 {
            UInt32(bytes[2 * index + low]) | UInt32(bytes[2 * index + 1 - low]) << 8
        }
        var index = units > 0 && unit(0) == 0xFEFF ? 1 : 0
        while index < units {
            var value = unit(index)
            index += 1
            if 0xD800...0xDBFF ~= value, index < units, 0xDC00...0xDFFF ~= unit(index) {
                value = 0x10000 + (value - 0xD800) << 10 + (unit(index) - 0xDC00)
                index += 1
            }
            try spool.append(Unicode.Scalar(value) ?? "\u{FFFD}")
        }
        return try spool.finish()
    }

    private static func fromBytes(
        _ bytes: UnsafeBufferPointer<UInt8>, keepsUTF8: Bool
    ) throws(TemporaryFileError) -> SharedBytes {
        let spool = FileSpool()
        var index = keepsUTF8 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while index < bytes.count {
            let length = keepsUTF8 ? max(1, UTF8Survey.length(at: index, of: bytes)) : 1
            if length > 1 || bytes[index] < 0x80 {
                for position in index..<index + length { try spool.append(bytes[position]) }
            } else {
                try spool.append(windows1252(bytes[index]))
            }
            index += length
        }
        return try spool.finish()
    }

    /// WHATWG Encoding, index-windows-1252.
    private static func windows1252(_ byte: UInt8) -> Unicode.Scalar {
        0x80..<0xA0 ~= byte ? upper[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }

    private static let upper = Array(
        ("€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}" + "\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ").unicodeScalars)
}

extension FileSpool {
    fileprivate func append(_ scalar: Unicode.Scalar) throws(TemporaryFileError) {
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { try append(byte) }
    }
}
