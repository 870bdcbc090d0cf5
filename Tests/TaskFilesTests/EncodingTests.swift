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

    private func read(_ bytes: [UInt8]) throws -> (encoding: TextEncoding, text: String) {
        let file = SharedBytes(bytes)
        let encoding = file.withBuffer { TextEncoding(of: $0) }
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
