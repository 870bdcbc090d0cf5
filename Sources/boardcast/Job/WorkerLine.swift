import Text

/// A line that a worker writes: `PROGRESS 40 message` is for its job, any other for those who read its output.
enum WorkerLine: Sendable, Equatable {
    /// `percent` is 0 to 100; without a message the last one stays.
    case progress(percent: Int, message: String?)
    /// Any other line as it was written, with its line end if it had one.
    case other([UInt8])

    /// - Parameter line: with its line end.
    init(_ line: [UInt8]) {
        let words = String(decoding: line, as: UTF8.self).trimmed
            .split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        guard words.count >= 2, words[0] == "PROGRESS", 1...3 ~= words[1].utf8.count,
            words[1].utf8.allSatisfy(\.isASCIIDigit), let percent = Int(words[1]), percent <= 100
        else {
            self = .other(line)
            return
        }
        let message = words.count > 2 ? String(words[2].trimmed.unicodeScalars.prefix(Self.longestMessage)) : nil
        self = .progress(percent: percent, message: message?.filter { $0 != "\0" })
    }

    /// The most characters of a job's message.
    static let longestMessage = 1000
}
