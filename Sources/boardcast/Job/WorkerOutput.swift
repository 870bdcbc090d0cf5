/// Splits a worker's output into lines. A line longer than ``longest`` is passed on in pieces, and is never progress.
struct WorkerOutput {
    static let longest = 65_536

    private var line: [UInt8] = []
    private var isCut = false

    /// The lines that these bytes complete.
    mutating func read(_ bytes: some Sequence<UInt8>) -> [WorkerLine] {
        var lines: [WorkerLine] = []
        for byte in bytes {
            line.append(byte)
            if byte == UInt8(ascii: "\n") {
                lines.append(isCut ? .other(line) : WorkerLine(line))
                line = []
                isCut = false
            } else if line.count == Self.longest {
                lines.append(.other(line))
                line = []
                isCut = true
            }
        }
        return lines
    }

    /// The unfinished last line, once the output has ended.
    mutating func finish() -> WorkerLine? {
        defer { line = [] }
        if line.isEmpty { return nil }
        return isCut ? .other(line) : WorkerLine(line)
    }
}
