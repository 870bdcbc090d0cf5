import Testing

@testable import boardcast

@Suite struct WorkerOutputTests {
    private func lines(_ pieces: String...) -> [WorkerLine] {
        var output = WorkerOutput()
        return pieces.flatMap { output.read($0.utf8) } + (output.finish().map { [$0] } ?? [])
    }

    @Test(
        arguments: [
            ("PROGRESS 40 half of it", 40, "half of it"), ("PROGRESS 0", 0, nil),
            ("  PROGRESS   100   é  \r", 100, "é"),
            ("PROGRESS 007 a b", 7, "a b"),
        ] as [(String, Int, String?)])
    func `a line of progress is a percentage, and perhaps a message`(line: String, percent: Int, message: String?) {
        #expect(lines(line + "\n") == [.progress(percent: percent, message: message)])
        #expect(lines(line) == [.progress(percent: percent, message: message)])
    }

    @Test(arguments: [
        "", "\n", "PROGRESS\n", "PROGRESS x\n", "PROGRESS 101\n", "PROGRESS -1\n", "PROGRESS 4.5\n", "PROGRESS 0040\n",
        "PROGRESS40 a\n", "progress 40\n", "x PROGRESS 40\n", "PROGRESS 99999999999999999999\n", "\u{0}\n", "no end",
    ])
    func `any other line is passed on as it came`(line: String) {
        #expect(lines(line) == (line.isEmpty ? [] : [.other(Array(line.utf8))]))
    }

    @Test func `lines may come in any pieces`() {
        let whole = lines("a\nPROGRESS 1 b\nc")
        #expect(whole == [.other(Array("a\n".utf8)), .progress(percent: 1, message: "b"), .other(Array("c".utf8))])
        #expect(lines("a", "\nPROG", "RESS 1 ", "b\n", "", "c") == whole)
    }

    @Test func `bytes that are no text are passed on`() {
        var output = WorkerOutput()
        #expect(output.read([0xFF, 0xFE, 0x0A]) == [.other([0xFF, 0xFE, 0x0A])])
    }

    @Test func `a line without end is passed on in pieces, and holds no progress`() {
        let long = String(repeating: "x", count: WorkerOutput.longest)
        let pieces = lines(long + "PROGRESS 5\nPROGRESS 6\n")
        #expect(
            pieces == [
                .other(Array(long.utf8)), .other(Array("PROGRESS 5\n".utf8)), .progress(percent: 6, message: nil),
            ])
    }

    @Test func `a message is no longer than a job takes`() {
        #expect(
            lines("PROGRESS 1 " + String(repeating: "é", count: 2000))
                == [.progress(percent: 1, message: String(repeating: "é", count: 1000))])
    }
}
