import Text

/// How the text of a file is written.
public enum TextEncoding: Sendable, Equatable {
    case utf8, utf16LittleEndian, utf16BigEndian, utf32LittleEndian, utf32BigEndian
    case codePage(CodePage)
    /// UTF-8 in which single bytes are none: they are taken for those of Windows-1252.
    case mixed

    static let windows1252 = TextEncoding.codePage(.windows1252)

    /// As reports have it: `utf-8`, `windows-1250`.
    public var name: String {
        switch self {
        case .utf8: "utf-8"
        case .utf16LittleEndian: "utf-16le"
        case .utf16BigEndian: "utf-16be"
        case .utf32LittleEndian: "utf-32le"
        case .utf32BigEndian: "utf-32be"
        case .codePage(let page): page.rawValue
        case .mixed: "utf-8, windows-1252"
        }
    }

    /// Found by looking: a byte order mark, zeros where UTF-16 and UTF-32 have them; then as the charset says; else by
    /// whether the bytes are UTF-8. What is not, and has no charset, is Windows-1252, of which ISO 8859-1 is a part
    /// (WHATWG Encoding §4.2).
    ///
    /// - Throws: ``TaskFileError/unknownCharset(_:)`` for a charset that is none of ours, unless the bytes are UTF-8.
    init(of bytes: UnsafeBufferPointer<UInt8>, charset: String? = nil) throws(TaskFileError) {
        if let wide = Self.wide(bytes) {
            self = wide
            return
        }
        let survey = UTF8Survey(bytes)
        let looked = survey.bad == 0 ? .utf8 : survey.bad < survey.sequences ? .mixed : Self.windows1252
        guard let charset, !charset.isEmpty, !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
            self = looked
            return
        }
        switch Self.named(charset) {
        case nil:
            // Those that ISO 2022 has look like ASCII.
            guard survey.bad == 0, !bytes.contains(0x1B) else {
                throw .unknownCharset(charset.prefixOfScalars(40).printable)
            }
            self = .utf8
        case .utf8?, .mixed?: self = looked
        case .codePage(let page)?: self = survey.isASCII ? .utf8 : .codePage(page)
        case let wide?: self = survey.bad == 0 && !bytes.contains(0) ? .utf8 : wide
        }
    }

    /// UTF-16 or UTF-32, by their marks or by their zeros.
    private static func wide(_ bytes: UnsafeBufferPointer<UInt8>) -> TextEncoding? {
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return .utf32LittleEndian }
        if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return .utf32BigEndian }
        if bytes.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
        if bytes.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
        guard bytes.count >= 4 else { return nil }
        switch (bytes[0] == 0, bytes[1] == 0, bytes[2] == 0, bytes[3] == 0) {
        case (false, true, false, true): return .utf16LittleEndian
        case (true, false, true, false): return .utf16BigEndian
        case (false, true, true, true): return .utf32LittleEndian
        case (true, true, true, false): return .utf32BigEndian
        default: return nil
        }
    }

    /// The encoding that a charset's name stands for, as programs spell it; nil for one that is not known.
    private static func named(_ charset: String) -> TextEncoding? {
        let label = charset.lowercased().unicodeScalars.prefix(40).filter {
            $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
        }
        switch String(String.UnicodeScalarView(label)) {
        case "utf8", "utf8bom", "utf8sig", "ascii", "usascii", "ansix341968": return .utf8
        case "utf16", "utf16le", "ucs2", "unicode": return .utf16LittleEndian
        case "utf16be": return .utf16BigEndian
        case "utf32", "utf32le", "ucs4": return .utf32LittleEndian
        case "utf32be": return .utf32BigEndian
        case let label: return CodePage(label: label).map(TextEncoding.codePage)
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
        case .utf32LittleEndian:
            return try bytes.withBuffer { part throws(TemporaryFileError) in
                try Self.fromUTF32(part, [0, 1, 2, 3])
            }
        case .utf32BigEndian:
            return try bytes.withBuffer { part throws(TemporaryFileError) in
                try Self.fromUTF32(part, [3, 2, 1, 0])
            }
        case .codePage(let page):
            return try bytes.withBuffer { part throws(TemporaryFileError) in
                try Self.fromBytes(part, page, keepsUTF8: false)
            }
        case .mixed:
            return try bytes.withBuffer { part throws(TemporaryFileError) in
                try Self.fromBytes(part, .windows1252, keepsUTF8: true)
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

    /// What is no scalar becomes U+FFFD; bytes at the end that are fewer than four are left out.
    ///
    /// - Parameter places: of a scalar's bytes, the lowest first.
    private static func fromUTF32(
        _ bytes: UnsafeBufferPointer<UInt8>, _ places: [Int]
    ) throws(TemporaryFileError) -> SharedBytes {
        let spool = FileSpool()
        for start in stride(from: 0, to: bytes.count - bytes.count % 4, by: 4) {
            var value: UInt32 = 0
            for place in places.reversed() { value = value << 8 | UInt32(bytes[start + place]) }
            if start > 0 || value != 0xFEFF { try spool.append(Unicode.Scalar(value) ?? "\u{FFFD}") }
        }
        return try spool.finish()
    }

    private static func fromBytes(
        _ bytes: UnsafeBufferPointer<UInt8>, _ page: CodePage, keepsUTF8: Bool
    ) throws(TemporaryFileError) -> SharedBytes {
        let spool = FileSpool()
        let upper = page.upper
        var index = keepsUTF8 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while index < bytes.count {
            let length = keepsUTF8 ? max(1, UTF8Survey.length(at: index, of: bytes)) : 1
            if length > 1 || bytes[index] < 0x80 {
                for position in index..<index + length { try spool.append(bytes[position]) }
            } else {
                try spool.append(upper[Int(bytes[index]) - 0x80])
            }
            index += length
        }
        return try spool.finish()
    }
}

extension FileSpool {
    fileprivate func append(_ scalar: Unicode.Scalar) throws(TemporaryFileError) {
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { try append(byte) }
    }
}
