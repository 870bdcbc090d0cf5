import TestSupport
import Testing
import Text

@testable import TaskFiles

@Suite struct EncodingTests {
    private func utf16(_ text: String, isLittle: Bool, hasMark: Bool = true) -> [UInt8] {
        ((hasMark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
            isLittle ? [UInt8(unit & 0xFF), UInt8(unit >> 8)] : [UInt8(unit >> 8), UInt8(unit & 0xFF)]
        }
    }

    private func read(_ bytes: [UInt8], as charset: String? = nil) throws -> (encoding: TextEncoding, text: String) {
        let file = SharedBytes(bytes)
        let encoding = try file.withBuffer { bytes throws(TaskFileError) in
            try TextEncoding(of: bytes, charset: charset)
        }
        return (encoding, String(validating: try encoding.decoded(file), as: UTF8.self) ?? "(not UTF-8)")
    }

    @Test func `a file is read as it was written, with its mark or without`() throws {
        let text = "Name\tStatus\r\nÄpfel 😀\tDone\r\n"
        #expect(try read(Array(text.utf8)) == (.utf8, text))
        #expect(try read([0xEF, 0xBB, 0xBF] + Array(text.utf8)) == (.utf8, text))
        for hasMark in [true, false] {
            #expect(try read(utf16(text, isLittle: true, hasMark: hasMark)) == (.utf16LittleEndian, text))
            #expect(try read(utf16(text, isLittle: false, hasMark: hasMark)) == (.utf16BigEndian, text))
        }
        #expect(try read([]) == (.utf8, ""))
    }

    @Test func `what is not UTF-8 is Windows-1252`() throws {
        #expect(try read([0xC4, 0x70, 0x66, 0x65, 0x6C, 0x20, 0x80, 0x96, 0x93, 0xFF]) == (.windows1252, "Äpfel €–“ÿ"))
        let all = try read(Array(0...255))
        #expect(all.encoding == .windows1252 && all.text.unicodeScalars.count == 256)
        #expect(try read(Array("äöü".utf8) + [0xFC]) == (.mixed, "äöüü"))
    }

    @Test(
        arguments: [
            ("windows-1250", [0xC8, 0x65, 0x9A, 0xE8], "Češč", "windows-1250"),
            ("Windows_1251", [0xCF, 0xF0, 0xE8], "При", "windows-1251"),
            ("cp1253", [0xC1, 0xE2], "Αβ", "windows-1253"),
            ("x-cp1254", [0xDE, 0xFD], "Şı", "windows-1254"), ("ISO-8859-2", [0xB9, 0xBE], "šž", "iso-8859-2"),
            ("iso8859_15", [0xA4], "€", "iso-8859-15"), ("latin1", [0x80, 0xE4], "€ä", "windows-1252"),
            ("ISO-8859-9", [0xFE], "ş", "windows-1254"), ("latin2", [0xA3], "Ł", "iso-8859-2"),
            ("KOI8-R", [0xF0, 0xD2], "Пр", "koi8-r"), ("TIS-620", [0xA1], "ก", "windows-874"),
            ("IBM852", [0x9F], "č", "ibm852"), ("macintosh", [0x8A], "ä", "macintosh"),
        ] as [(String, [UInt8], String, String)])
    func `a declared charset is believed`(charset: String, bytes: [UInt8], text: String, name: String) throws {
        let found = try read(Array("a;".utf8) + bytes, as: charset)
        #expect(found.text == "a;" + text && found.encoding.name == name)
    }

    @Test func `each byte of a code page is one scalar, and ASCII is itself`() {
        for page in CodePage.allCases {
            let upper = page.upper
            #expect(
                upper.count == 128 && Set(upper).subtracting(["\u{FFFD}"]).allSatisfy { $0.value >= 0x80 }, "\(page)")
            #expect(
                Set(upper).count > 60
                    && upper.filter { $0 != "\u{FFFD}" }.count == Set(upper).subtracting(["\u{FFFD}"]).count)
        }
    }

    @Test func `a mark, zeros, and plain text say more than a declared charset`() throws {
        let text = "Äpfel;Done"
        #expect(try read([0xEF, 0xBB, 0xBF] + Array(text.utf8), as: "windows-1250") == (.utf8, text))
        #expect(try read([0xEF, 0xBB, 0xBF] + Array(text.utf8), as: "Shift_JIS") == (.utf8, text))
        #expect(try read(utf16(text, isLittle: true, hasMark: true), as: "utf-8") == (.utf16LittleEndian, text))
        #expect(try read(utf16(text, isLittle: false, hasMark: false), as: "iso-8859-1") == (.utf16BigEndian, text))
        #expect(try read(Array("plain".utf8), as: "windows-1250") == (.utf8, "plain"))
        #expect(try read(Array(text.utf8), as: "utf-16") == (.utf8, text))
        #expect(try read(Array(text.utf8) + [0xE4], as: "utf-8").encoding == .windows1252)
        #expect(try read(utf16("日本", isLittle: true, hasMark: false), as: "utf-16le") == (.utf16LittleEndian, "日本"))
        #expect(try read(utf16("日本", isLittle: false, hasMark: false), as: "UTF-16BE") == (.utf16BigEndian, "日本"))
    }

    @Test func `UTF-32 is read`() throws {
        func utf32(_ text: String, isLittle: Bool) -> [UInt8] {
            text.unicodeScalars.flatMap { scalar in
                let bytes = (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * UInt32($0))) }
                return isLittle ? bytes : bytes.reversed()
            }
        }
        for mark in ["\u{FEFF}", ""] {
            #expect(try read(utf32(mark + "aé😀", isLittle: true)) == (.utf32LittleEndian, "aé😀"))
            #expect(try read(utf32(mark + "aé😀", isLittle: false)) == (.utf32BigEndian, "aé😀"))
        }
        #expect(try read(utf32("é", isLittle: true) + [0, 0, 0x11, 0, 1], as: "utf-32").text == "é\u{FFFD}")
    }

    @Test(arguments: ["Shift_JIS", "gb2312", "EUC-KR", "windows-1249", "iso-8859-12", "cp", "x"])
    func `a charset that is not known is refused by name, unless the text is UTF-8`(charset: String) throws {
        #expect(throws: TaskFileError.unknownCharset(charset)) { try read([0x61, 0x83, 0x65], as: charset) }
        #expect(throws: TaskFileError.unknownCharset(charset)) { try read([0x1B, 0x24, 0x42], as: charset) }
        #expect(try read(Array("é".utf8), as: charset) == (.utf8, "é"))
        #expect("\(TaskFileError.unknownCharset(charset))".contains("save the file as UTF-8"))
    }

    @Test func `damaged UTF-16 is read without the damage`() throws {
        #expect(try read([0xFF, 0xFE, 0x61, 0x00, 0x00, 0xD8, 0x62, 0x00, 0x63]) == (.utf16LittleEndian, "a\u{FFFD}b"))
    }

    @Test(arguments: 0..<6)
    func `random bytes always become UTF-8, and UTF-8 stays as it is`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                Bool.random(using: &random) ? 0x61 : UInt8.random(in: 0...255, using: &random)
            }
            #expect(try read(bytes).text != "(not UTF-8)")
            let survey = bytes.withUnsafeBufferPointer { UTF8Survey($0) }
            #expect((survey.bad == 0) == (String(validating: bytes, as: UTF8.self) != nil))
        }
    }

    @Test func `a large file lies on the disk and is the same there`() throws {
        let spool = FileSpool()
        var expected: [UInt8] = []
        for number in 0..<40 {
            let piece = [UInt8](repeating: UInt8(number), count: number * 1000 + (number == 20 ? FileSpool.held : 0))
            try piece.withUnsafeBytes { try spool.append($0) }
            expected += piece
        }
        let bytes = try spool.finish()
        #expect(bytes.count == expected.count && bytes.elementsEqual(expected))
        #expect(bytes.part(1_000..<1_500).elementsEqual(expected[1_000..<1_500]))
    }
}
