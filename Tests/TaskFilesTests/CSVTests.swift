import TestSupport
import Testing

@testable import TaskFiles

@Suite struct CSVTests {
    private func records(_ text: String, limits: CSVReader.Limits = .init()) -> [CSVRecord] {
        records(Array(text.utf8), pieces: Int.max, limits: limits)
    }

    private func records(_ bytes: [UInt8], pieces size: Int, limits: CSVReader.Limits = .init()) -> [CSVRecord] {
        var reader = CSVReader(limits: limits)
        var records: [CSVRecord] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            records += reader.read(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return records + (reader.finish().map { [$0] } ?? [])
    }

    @Test func `fields are read as RFC 4180 has them`() {
        let text = "a,b c,\"d,e\"\r\n\"f\"\"g\",\"h\r\ni\nj\rk\",\r\n,,\"\"\r\n"
        #expect(
            records(text).map(\.fields) == [["a", "b c", "d,e"], ["f\"g", "h\r\ni\nj\rk", ""], ["", "", ""]])
    }

    @Test func `any line end will do, the last may be missing, and blank lines are told`() {
        #expect(records("a\nb\rc\r\nd").map(\.fields) == [["a"], ["b"], ["c"], ["d"]])
        let found = records("a\n\n\r\r\nb")
        #expect(found.map(\.isBlank) == [false, true, true, true, false])
        #expect(found.map(\.number) == [1, 2, 3, 4, 5])
        #expect(records("").isEmpty)
        #expect(records("\"\"").map(\.fields) == [[""]])
    }

    @Test func `a byte order mark counts at the beginning alone`() {
        #expect(records("\u{FEFF}a,b").map(\.fields) == [["a", "b"]])
        #expect(records("\u{FEFF}\"a,b\"").map(\.fields) == [["a,b"]])
        #expect(records("a,\u{FEFF}b").map(\.fields) == [["a", "\u{FEFF}b"]])
        #expect(records([0xEF, 0xBB, 0x61], pieces: 1).map(\.problem) == ["it is not valid UTF-8"])
        #expect(records("\u{FEFF}").isEmpty)
    }

    @Test func `a record that is no CSV says so, and the next ones are read`() {
        let bytes = Array("a\"b,c\n\"d\"e,f\n".utf8) + [0xFF, 0x0A] + Array("good,1\n\"open,\n".utf8)
        let found = records(bytes, pieces: 3)
        #expect(
            found.map(\.problem) == [
                "there is a quote inside of a field that is not quoted",
                "something follows the closing quote of a field", "it is not valid UTF-8", nil,
                "a quoted field is not closed",
            ])
        #expect(found[3].fields == ["good", "1"])
    }

    @Test func `what is too long is left out, and the next ones are read`() {
        let limits = CSVReader.Limits(field: 4, record: 6, fields: 3)
        let found = records("12345,x\n1234,12\n1234,123\n1,2,3\n1,2,3,4\nok\n", limits: limits)
        #expect(
            found.map(\.problem) == [
                "a field is longer than 4 bytes", nil, "it is longer than 6 bytes", nil, "it has more than 3 fields",
                nil,
            ])
    }

    @Test func `a record's range is its bytes`() {
        let text = "\u{FEFF}name\r\n\"a\r\nb\",1\r\n\nlast"
        let bytes = Array(text.utf8)
        let found = records(bytes, pieces: 1).map { String(decoding: bytes[$0.range], as: UTF8.self) }
        #expect(found == ["name", "\"a\r\nb\",1", "", "last"])
    }

    @Test(arguments: 0..<8)
    func `random records come back as they were written, in pieces of any size`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let scalars = Array("a\",;'\\=+-@\r\n\t é日😀\u{FEFF}".unicodeScalars)
        for _ in 0..<100 {
            let width = Int.random(in: 1...5, using: &random)
            var writer = CSVWriter()
            var written: [[String]] = []
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let record = (0..<width).map { _ in
                    let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                        scalars.randomElement(using: &random)!
                    }
                    return String(String.UnicodeScalarView(text))
                }
                written.append(record)
                writer.record(record)
            }
            // A text that begins with a mark, at the very beginning, is read as a mark.
            if written.first?.first?.unicodeScalars.first == "\u{FEFF}" { continue }
            let read = records(writer.bytes, pieces: Int.random(in: 1...9, using: &random)).map(\.fields)
            #expect(read.map { $0.map { Array($0.utf8) } } == written.map { $0.map { Array($0.utf8) } }, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<8)
    func `random bytes never crash, and are read the same in pieces of any size`(seed: UInt64) {
        var random = SplitMix(seed: seed + 50)
        let likely: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF, 0x61, 0xC3, 0xA9, 0x00, 0xFF]
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? likely.randomElement(using: &random)! : .random(in: 0...255, using: &random)
            }
            let whole = records(bytes, pieces: Int.max)
            #expect(records(bytes, pieces: Int.random(in: 1...4, using: &random)) == whole)
            for record in whole { #expect(record.range.upperBound <= bytes.count) }
        }
    }

    @Test(arguments: 0..<4)
    func `labels and shielded texts come back as they were`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let scalars = Array("ab;\\ '=+-@\t\r\n\u{301}\u{FF1D}".unicodeScalars)
        func text(_ length: ClosedRange<Int>) -> String { .random(length, of: scalars, using: &random) }
        for _ in 0..<500 {
            let one = text(0...6)
            #expect(SpreadsheetText.unshielded(SpreadsheetText.shielded(one)).utf8.elementsEqual(one.utf8))
            var labels: [String] = []
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let label = text(1...5)
                if !labels.contains(where: { $0.utf8.elementsEqual(label.utf8) }) { labels.append(label) }
            }
            let read = LabelList.labels(in: LabelList.text(of: labels))
            #expect(read.map { Array($0.utf8) } == labels.map { Array($0.utf8) }, "\(labels.debugDescription)")
        }
    }

    @Test func `no text is a formula to a spreadsheet`() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''=1"] {
            #expect(SpreadsheetText.shielded(text) == "'" + text)
        }
        for text in ["", "a=1", "'", "''", "'quoted'", "1-2"] {
            #expect(SpreadsheetText.shielded(text) == text)
            #expect(SpreadsheetText.unshielded(text) == text)
        }
    }

    @Test func `labels are told apart by semicolons, without the spaces around them`() {
        #expect(LabelList.labels(in: "bug; next release ;;bug;a\\;b") == ["bug", "next release", "a;b"])
        #expect(LabelList.labels(in: "a\\") == ["a\\"])
    }
}
