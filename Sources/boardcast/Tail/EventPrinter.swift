import Client

/// Prints a followed stream: its events on stdout, notes on stderr.
struct EventPrinter: Sendable {
    enum Format: Sendable {
        /// Events as JSON, as they were received.
        case json
        /// One line for people for each event, except those about the stream itself.
        case lines(EventLine)
        /// A job's progress.
        case progress(ProgressMeter)
    }

    /// Something to be printed.
    enum Text: Equatable {
        case line(String)
        /// A line that the next one replaces on a terminal, unless it is the last.
        case live(String, isEnd: Bool)
        case note(String)
    }

    let format: Format

    /// Nil when nothing is printed.
    func text(_ output: Follower.Output) -> Text? {
        switch (output, format) {
        case (.note(let note), _): .note(note)
        case (.event(let event), .json): .line(event.json)
        case (.event(let event), .lines(let line)): event.isOfStream ? nil : .line(line.text(event.object))
        case (.event(let event), .progress(let meter)): meter.text(event.object)
        }
    }

    /// - Throws: ``StandardOutput/Closed`` when the reader of stdout has gone, even if there is nothing to print.
    func show(_ output: [Follower.Output]) throws {
        guard !StandardOutput.isClosed else { throw StandardOutput.Closed() }
        for text in output.compactMap(text) {
            switch text {
            case .line(let line): try StandardOutput.write(line)
            case .live(let line, let isEnd):
                try StandardOutput.write("\r\u{1B}[K" + line, terminator: isEnd ? "\n" : "")
            case .note(let note): StandardError.say(note)
            }
        }
    }
}
