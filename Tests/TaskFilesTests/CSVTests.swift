import TestSupport
import Testing

@testable import TaskFiles

@Suite struct CSVTests {
    private func records(
        _ text: String, separator: Character = ",", limits: CSVReader.Limits = .init()
    ) -> [CSVRecord] {
        records(Array(text.utf8), separator: separator, limits: limits)
    }

    private func records(
        _ bytes: [UInt8], separator: Character = ",", limits: CSVReader.Limits = .init()
    ) -> [CSVRecord] {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = CSVReader(buffer, separator: separator.asciiValue!, limits: limits)
            var records: [CSVRecord] = []
            while let record = reader.next() { records.append(record) }
            return records
        }
    }

    @Test func `fields are read as RFC 4180 has them`() {
        let text = "a,b c,\"d,e\"\r\n\"f\"\"g\",\"h\r\ni\nj\rk\",\r\n,,\"\"\r\n"
        #expect(
            records(text).map(\.fields) == [["a", "b c", "d,e"], ["f\"g", "h\r\ni\nj\rk", ""], ["", "", ""]])
        #expect(records("a;\"b;c\"\nd,e;", separator: ";").map(\.fields) == [["a", "b;c"], ["d,e", ""]])
    }

    @Test func `any line end will do, the last may be missing, and blank lines are told`() {
        #expect(records("a\nb\rc\r\nd").map(\.fields) == [["a"], ["b"], ["c"], ["d"]])
        let found = records("a\n\n\r\r\nb")
        #expect(found.map(\.isBlank) == [false, true, true, true, false])
        #expect(found.map(\.number) == [1, 2, 3, 4, 5])
        #expect(records("").isEmpty)
        #expect(records("\"\"").map(\.fields) == [[""]])
    }

    @Test func `a quote where none belongs is a character`() {
        #expect(records("a\"b,5\" disk\n\"d\"e,f\n").map(\.fields) == [["a\"b", "5\" disk"], ["de", "f"]])
    }

    @Test func `a quote that is never closed takes no other record with it`() {
        let found = records("good,1\n\"open,2\nnext,3\nlast")
        #expect(found.map(\.fields) == [["good", "1"], ["\"open", "2"], ["next", "3"], ["last"]])
        #expect(found.map(\.isQuoting) == [true, false, true, true])
        let limits = CSVReader.Limits(quoted: 20)
        let runaway = records("\"open,2\n" + String(repeating: "next,3\n", count: 9) + "\"x\"\n", limits: limits)
        #expect(runaway.count == 11 && runaway[0].fields == ["\"open", "2"] && runaway[10].fields == ["x"])
    }

    @Test func `what is too long is cut, and the next ones are read`() {
        let limits = CSVReader.Limits(field: 4, record: 6, fields: 3)
        let found = records("12345,x\n1234,12\n1234,123\n1,2,3\n1,2,3,4\né34é,\nok\n", limits: limits)
        #expect(found.map(\.isCut) == [true, false, true, false, true, true, false])
        #expect(
            found.map(\.fields) == [
                ["1234", "x"], ["1234", "12"], ["1234", "12"], ["1", "2", "3"], ["1", "2", "3"], ["é34", ""], ["ok"],
            ])
    }

    @Test func `a record's range is its bytes`() {
        let text = "name\r\n\"a\r\nb\",1\r\n\nlast"
        let bytes = Array(text.utf8)
        let found = records(bytes).map { String(decoding: bytes[$0.range], as: UTF8.self) }
        #expect(found == ["name", "\"a\r\nb\",1", "", "last"])
    }

    @Test(arguments: 0..<8)
    func `random records come back as they were written`(seed: UInt64) {
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
            let read = records(writer.bytes).map(\.fields)
            #expect(read.map { $0.map { Array($0.utf8) } } == written.map { $0.map { Array($0.utf8) } }, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<8)
    func `random bytes never crash, and every record can be read again by itself`(seed: UInt64) {
        var random = SplitMix(seed: seed + 50)
        let likely: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF, 0x61, 0xC3, 0xA9, 0x00, 0xFF]
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? likely.randomElement(using: &random)! : .random(in: 0...255, using: &random)
            }
            for record in records(bytes) {
                let again = Array(bytes[record.range]).withUnsafeBufferPointer {
                    CSVReader.fields($0, separator: UInt8(ascii: ","), isQuoting: record.isQuoting).fields
                }
                #expect(again == record.fields)
            }
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
        #expect(LabelList.labels(in: "bug, next release ,,bug", .comma) == ["bug", "next release"])
    }
}
