import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Text

/// A stream of a gateway that is kept open: one connection after another, each read by the same follower.
public actor FollowedStream {
    /// Takes the output of each piece that was received, which may be empty. An error that it throws ends the stream.
    public typealias Show = @Sendable ([Follower.Output]) throws -> Void

    private let client: GatewayClient
    private let path: String
    private let query: [(name: String, value: String)]
    private var follower: any Following
    private let show: Show

    /// - Parameters:
    ///   - path: the stream's, such as `/sse/connect`.
    ///   - follower: reads every connection in turn.
    ///   - show: called in the order of the stream, never twice at once.
    public init(
        _ path: String, query: [(name: String, value: String)] = [], of client: GatewayClient,
        follower: any Following, show: @escaping Show
    ) {
        self.client = client
        self.path = path
        self.query = query
        self.follower = follower
        self.show = show
    }

    /// Connects again and again until another connection would be useless.
    ///
    /// - Throws: ``Failure`` with the reason, or what `show` throws.
    public func run() async throws {
        var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
        while true {
            let ending = try await connect()
            switch follower.step(after: ending, using: &generator) {
            case .done: return
            case .stop(let failure): throw failure
            case .reconnect(let wait, let why):
                try show([.note("\(why); reconnecting in \(wait.text)")])
                try await Task.sleep(for: wait)
            }
        }
    }

    /// How the stream's job ended; nil while it goes on, or when the stream is not a job's.
    public var jobEnd: JobFollower.End? { (follower as? JobFollower)?.end }

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
        let response: HTTPClientResponse
        do { response = try await client.stream(path, query: query, headers: headers) } catch let error as Failure {
            throw error
        } catch {
            return .broken(NetworkProblem.words(for: error))
        }
        guard response.status == .ok else { return await Refusal(response).ending }
        guard response.headers.first(name: "content-type")?.hasPrefix("text/event-stream") == true else {
            return .broken("the answer is not an event stream")
        }
        var chunks = response.body.makeAsyncIterator()
        while true {
            let output: [Follower.Output]
            do {
                guard let chunk = try await chunks.next() else { return .ended }
                watch.pause()
                output = try follower.read(chunk.readableBytesView)
            } catch {
                return .broken(NetworkProblem.words(for: error))
            }
            try show(output)
            watch.resume(patience: follower.patience)
        }
    }

    private var headers: HTTPHeaders {
        var headers: HTTPHeaders = ["Accept": "text/event-stream", "Cache-Control": "no-store"]
        if !follower.lastEventID.isEmpty { headers.add(name: "Last-Event-ID", value: follower.lastEventID) }
        return headers
    }
}

extension Refusal {
    fileprivate var ending: Follower.Ending {
        .refused(status: status, detail: ([detail] + reasons).joined(separator: " "), retryAfter: retryAfter)
    }
}
