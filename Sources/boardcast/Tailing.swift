import AsyncHTTPClient
import CommandLineTools
import NIOCore
import NIOHTTP1

/// One connection after another, each read by a follower.
actor Tailing {
    private let remote: Remote
    private let path: String
    /// Whether nothing is printed.
    private let isQuiet: Bool
    private let query: [(name: String, value: String)]
    private var follower: any Following

    init(
        remote: Remote, path: String = "/sse/connect", query: [(name: String, value: String)] = [],
        follower: any Following, isQuiet: Bool = false
    ) {
        self.remote = remote
        self.isQuiet = isQuiet
        self.path = path
        self.query = query
        self.follower = follower
    }

    /// Goes on until there is no use in another connection.
    ///
    /// - Throws: ``Failure`` with the reason, ``StandardOutput/Closed`` when nobody reads any more.
    func run() async throws {
        var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
        while true {
            let ending = try await connect()
            switch follower.step(after: ending, using: &generator) {
            case .done: return
            case .stop(let failure): throw failure
            case .reconnect(let wait, let why):
                if !isQuiet { StandardError.say("\(why); reconnecting in \(wait.text)") }
                try await Task.sleep(for: wait)
            }
        }
    }

    /// A connection, from the attempt to its end.
    private func connect() async throws -> Follower.Ending {
        follower.begin()
        let watch = SilenceWatch(patience: follower.patience)
        return try await withThrowingTaskGroup(of: Follower.Ending.self) { group in
            group.addTask { try await self.read(watch) }
            group.addTask {
                try await watch.waitForSilence()
                return .silent
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .ended
        }
    }

    private func read(_ watch: SilenceWatch) async throws -> Follower.Ending {
        do {
            var headers: HTTPHeaders = ["Accept": "text/event-stream", "Cache-Control": "no-store"]
            if !follower.lastEventID.isEmpty { headers.add(name: "Last-Event-ID", value: follower.lastEventID) }
            let response = try await remote.stream(path, query: query, headers: headers)
            guard response.status == .ok else { return await Refusal(response).ending }
            guard response.headers.first(name: "content-type")?.hasPrefix("text/event-stream") == true else {
                return .broken("the answer is not an event stream")
            }
            var chunks = response.body.makeAsyncIterator()
            while let chunk = try await chunks.next() {
                watch.pause()
                try show(try follower.read(chunk.readableBytesView))
                watch.resume(patience: follower.patience)
            }
            return .ended
        } catch let error as Failure {
            throw error
        } catch let error as StandardOutput.Closed {
            throw error
        } catch {
            return .broken(Remote.words(for: error))
        }
    }

    private func show(_ output: [Follower.Output]) throws {
        if isQuiet { return }
        guard !StandardOutput.isClosed else { throw StandardOutput.Closed() }
        for output in output {
            switch output {
            case .line(let line): try StandardOutput.write(line)
            case .live(let line, let isEnd):
                try StandardOutput.write("\r\u{1B}[K" + line, terminator: isEnd ? "\n" : "")
            case .talk(let text): StandardError.say(text)
            }
        }
    }
}

extension Tailing {
    /// Follows a job without a word, and returns how it ended.
    ///
    /// - Throws: ``Failure`` when it can't be followed any more.
    static func end(ofJob id: String, on remote: Remote, _ follower: JobFollower) async throws -> JobFollower.End? {
        let tailing = Tailing(remote: remote, path: "/api/jobs/\(id)/stream", follower: follower, isQuiet: true)
        do { try await tailing.run() } catch let failure as Failure {
            guard let end = await tailing.jobEnd else { throw failure }
            return end
        }
        return await tailing.jobEnd
    }

    private var jobEnd: JobFollower.End? { (follower as? JobFollower)?.end }
}

extension Refusal {
    fileprivate var ending: Follower.Ending { .refused(status: status, detail: detail, retryAfter: retryAfter) }
}
