import Client

extension StandardOutput {
    /// Shows what comes of a followed stream: its lines here, what is said of the connection on stderr.
    ///
    /// - Throws: ``Closed`` when nobody reads any more, also when there is nothing to show.
    static func show(_ output: [Follower.Output]) throws {
        guard !isClosed else { throw Closed() }
        for output in output {
            switch output {
            case .line(let line): try write(line)
            case .live(let line, let isEnd): try write("\r\u{1B}[K" + line, terminator: isEnd ? "\n" : "")
            case .talk(let text): StandardError.say(text)
            }
        }
    }
}
