import Events
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import ServiceLifecycle
import StreamLoops
import Testing

@testable import Gateway

/// A gateway that listens, and a client of it.
struct LiveGateway: Sendable {
    private let client: TestClient

    /// Runs `gateway` on a free port of this machine for as long as `body` takes.
    ///
    /// - Parameter streamLoops: on which the relay was started too.
    static func run(
        _ gateway: Gateway, on group: any EventLoopGroup, streaming streamLoops: [StreamLoop] = [], logger: Logger,
        _ body: @escaping @Sendable (LiveGateway) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = gateway.application(
            at: .network(host: "127.0.0.1", port: 0), on: group, streaming: streamLoops, logger: logger
        ) {
            port.yield($0 ?? 0)
        }
        let services = ServiceGroup(configuration: .init(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            let found = try #require(await ports.first { _ in true })
            let client = TestClient(host: "127.0.0.1", port: found, configuration: .init(timeout: .seconds(20)))
            client.connect()
            let result: Result<Void, any Error>
            do { result = .success(try await body(LiveGateway(client: client))) } catch { result = .failure(error) }
            try await client.shutdown()
            await services.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    func call(
        _ method: HTTPRequest.Method, _ path: String, as token: String?, _ body: String? = nil,
        type: String = "application/json"
    ) async throws -> Answer {
        var headers: HTTPFields = [.connection: "keep-alive"]
        if let token { headers[.authorization] = "Bearer \(token)" }
        if body != nil, !type.isEmpty { headers[.contentType] = type }
        let request = TestClient.Request(
            path, method: method, authority: "localhost", headers: headers, body: body.map { ByteBuffer(string: $0) })
        let response = try await client.execute(request)
        return Answer(
            response.status.code, response.headers, Array((response.body ?? ByteBuffer()).readableBytesView))
    }
}
