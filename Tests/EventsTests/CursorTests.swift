import Events
import TestSupport
import Testing

/// A cursor comes back from clients as `Last-Event-ID` or `since`: hostile input that must be one exact spelling.
@Suite struct CursorTests {
    static let epoch = Epoch(rawValue: 0x9F03_C1AA)

    @Test(arguments: [0, 1, 9, 10, 42, 1_000_000, Int.max - 1, Int.max])
    func `a cursor reads what it wrote`(seq: Int) {
        let cursor = Cursor(seq: seq, epoch: Self.epoch)
        #expect(cursor.description == "\(seq)-9f03c1aa")
        #expect(Cursor(cursor.description) == cursor)
        #expect(Cursor(Substring(cursor.description)) == cursor)
    }

    @Test func `ten thousand random cursors come back as they went`() {
        var random = SplitMix(seed: 1)
        for _ in 0..<10_000 {
            let cursor = Cursor(
                seq: Int.random(in: 0 ... .max, using: &random) >> Int.random(in: 0..<63, using: &random),
                epoch: Epoch(rawValue: .random(in: .min ... .max, using: &random)))
            #expect(Cursor(cursor.description) == cursor)
            #expect(cursor.description.utf8.count <= 28)
        }
    }

    @Test(arguments: [
        // Nothing, and halves of it (nchan's `1:`, `:1`, `1:-1` and the same with a dash).
        "", "-", "1", "1-", "-9f03c1aa", "9f03c1aa", "1:", ":1", "1:-1", "1:9f03c1aa", "1_9f03c1aa", "1--", "--1",
        // Signs, leading zeros, other notations.
        "-1-9f03c1aa", "+1-9f03c1aa", "--1-9f03c1aa", "1--9f03c1aa", "00-9f03c1aa", "01-9f03c1aa", "007-9f03c1aa",
        "1.0-9f03c1aa", "1e3-9f03c1aa", "0x1-9f03c1aa", "1_000-9f03c1aa", "1,000-9f03c1aa", "-0-9f03c1aa",
        // Beyond an Int, and much beyond.
        "9223372036854775808-9f03c1aa", "9999999999999999999-9f03c1aa", "18446744073709551616-9f03c1aa",
        "10000000000000000000-9f03c1aa", "100000000000000000000000000-9f03c1aa",
        "0000000000000000000000000001-9f03c1aa",
        // Digits that are none of ours: Arabic, full width, superscript, with a mark on it.
        "\u{661}-9f03c1aa", "\u{FF11}-9f03c1aa", "\u{B2}-9f03c1aa", "1\u{301}-9f03c1aa", "1-9f03c1a\u{FF41}",
        // Other dashes.
        "1\u{2010}9f03c1aa", "1\u{2212}9f03c1aa", "1\u{AD}9f03c1aa", "1\u{FE63}9f03c1aa",
        // Epochs that are none.
        "1-9F03C1AA", "1-9f03c1aA", "1-9f03c1a", "1-9f03c1aaa", "1-9f03c1ag", "1-0x9f03c1", "1- 9f03c1a", "1-+9f03c1a",
        "1-9f03-1aa", "1-1-9f03c1aa",
        // Bytes before and behind.
        " 1-9f03c1aa", "1-9f03c1aa ", "1 -9f03c1aa", "1-9f03c1aa\n", "\n1-9f03c1aa", "1-9f03c1aa\r\n",
        "1-9f03c1aa\u{0}", "1\u{0}-9f03c1aa", "\u{FEFF}1-9f03c1aa", "1-9f03c1aa,2-9f03c1aa", "\"1-9f03c1aa\"",
        "1-9f03c1aa;", "1-9f03c1aa-", "null", "undefined", "NaN-9f03c1aa", "Infinity-9f03c1aa", "*", "%31-9f03c1aa",
    ])
    func `what is not exactly a cursor is none`(text: String) {
        #expect(Cursor(text) == nil)
    }

    @Test func `a very long text is refused without being read through`() {
        #expect(Cursor(String(repeating: "1", count: 1_000_000)) == nil)
        #expect(Cursor(String(repeating: "-", count: 1_000_000)) == nil)
        #expect(Cursor("1-9f03c1aa" + String(repeating: "a", count: 1_000_000)) == nil)
    }

    @Test func `no byte can be changed, dropped or added without another meaning or none`() {
        let cursor = Cursor(seq: 4205, epoch: Self.epoch)
        let bytes = Array(cursor.description.utf8)
        for index in bytes.indices {
            var shorter = bytes
            shorter.remove(at: index)
            #expect(Cursor(String(decoding: shorter, as: UTF8.self)) != cursor)
            for byte in UInt8(0)..<0x80 where byte != bytes[index] {
                var other = bytes
                other[index] = byte
                #expect(Cursor(String(decoding: other, as: UTF8.self)) != cursor)
                var longer = bytes
                longer.insert(byte, at: index)
                #expect(Cursor(String(decoding: longer, as: UTF8.self)) != cursor)
            }
        }
    }

    @Test func `what reads as a cursor is written back the same`() {
        var random = SplitMix(seed: 2)
        let letters = Array("0123456789abcdefAF-+ .:".utf8)
        for _ in 0..<50_000 {
            let count = Int.random(in: 8...14, using: &random)
            var bytes = (0..<count).map { _ in letters.randomElement(using: &random)! }
            bytes[Int.random(in: 0..<count, using: &random)] = UInt8(ascii: "-")
            let text = String(decoding: bytes, as: UTF8.self)
            if let cursor = Cursor(text) { #expect(cursor.description == text) }
        }
    }
}

@Suite struct EpochTests {
    @Test func `an epoch is eight lower-case hexadecimal digits`() {
        #expect(Epoch(rawValue: 0).description == "00000000")
        #expect(Epoch(rawValue: 0xAB).description == "000000ab")
        #expect(Epoch(rawValue: .max).description == "ffffffff")
        #expect(Epoch("000000ab") == Epoch(rawValue: 0xAB))
        #expect(Epoch("ffffffff") == Epoch(rawValue: .max))
    }

    @Test(arguments: [
        "", "ab", "0000000ab", "0000000AB", "000000AB", "0x0000ab", "000000a ", " 00000ab", "-00000ab", "+00000ab",
        "000000ag", "000000a:", "000000a/", "000000a`", "000000a@", "000000a\u{0}", "000000é", "０００００００１",
        "0000000\u{661}",
    ])
    func `anything else is no epoch`(text: String) {
        #expect(Epoch(text) == nil)
    }

    @Test func `a random epoch is never zero and comes back as it went`() {
        for _ in 0..<1000 {
            let epoch = Epoch.random()
            #expect(epoch.rawValue != 0)
            #expect(Epoch(epoch.description) == epoch)
        }
    }
}
