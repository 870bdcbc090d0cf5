import HTTPTypes
import NIOHTTP1
import NIOHTTPTypesHTTP1
import Testing

@testable import Gateway

/// Which requests are answered before the router. That both judge alike is tested end to end.
@Suite struct CallFrontTests {
    private let front: CallFront

    init() throws { front = try TestGateway().callFront }

    private func head(_ call: EveryCall, _ fields: HTTPHeaders = [:]) -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: HTTPMethod(call.method), uri: call.path, headers: fields)
    }

    @Test(arguments: EveryCall.all)
    func `it takes the calls that need no task, and no other`(call: EveryCall) {
        #expect((front.take(head(call)) != nil) == (call.call.direct != nil), "\(call.call.name)")
    }

    @Test func `boards make such calls, and those who poll`() {
        let names = EveryCall.list.all.filter { $0.direct != nil }.map(\.name)
        #expect(
            names == [
                "tasks.create", "tasks.update", "tasks.delete", "tasks.move", "boards.type", "events.list",
                "events.publish",
            ])
    }

    @Test(
        arguments: [
            ["transfer-encoding": "chunked"], ["content-encoding": "gzip"], ["expect": "100-continue"],
            ["upgrade": "websocket"], ["content-length": "65537"], ["content-length": "-"],
        ] as [HTTPHeaders])
    func `what has something unusual is the router's`(fields: HTTPHeaders) throws {
        let create = try #require(EveryCall.all.first { $0.call.name == "tasks.create" })
        #expect(front.take(head(create, ["content-length": "65536"])) != nil)
        #expect(front.take(head(create, fields)) == nil)
    }
}
