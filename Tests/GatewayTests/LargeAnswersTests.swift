import Boards
import Events
import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON
import TestSupport
import Testing

@testable import Gateway

/// However much is asked for, an answer takes a bounded part of memory.
@Suite struct LargeAnswersTests {
    private static let description = String(repeating: "d", count: 20_000)

    private func fill(_ gateway: TestGateway, tasks: Int) async throws {
        for i in 0..<tasks {
            let answer = try await gateway.call(
                .post, "/api/tasks", nil, #"{"name":"task \#(i)","description":"\#(Self.description)"}"#)
            #expect(answer.status == 201)
        }
    }

    @Test func `a poll for many large events ends after some megabytes, and goes on from there`() async throws {
        let gateway = try TestGateway()
        let data = String(repeating: "x", count: 900_000)
        for _ in 0..<9 {
            let answer = try await gateway.call(
                .post, "/api/publish", "service", #"{"type":"a.b","data":"\#(data)"}"#)
            #expect(answer.status == 202)
        }
        var cursor = "0-\(gateway.epoch)"
        var counts: [Int] = []
        while counts.reduce(0, +) < 9 {
            let answer = try await gateway.call(.get, "/api/events?limit=1000&since=\(cursor)")
            #expect(answer.bytes.count < 6 << 20)
            // Larger than the parser takes a body to be.
            counts.append(answer.text.split(separator: #""type":"a.b""#).count - 1)
            try #require(counts.last != 0)
            cursor = try #require(answer.text.firstMatch(of: /"cursor":"([^"]+)"/)).output.1.description
        }
        #expect(counts.count > 1)
        let newest = try await gateway.call(.get, "/api/events?limit=1000")
        #expect(newest.bytes.count < 5 << 20 && newest.text.contains(#""seq":9,"#))
    }

    @Test func `a snapshot that is too large for memory comes whole, from a file`() async throws {
        let gateway = try TestGateway()
        try await fill(gateway, tasks: 40)
        let answer = try await gateway.call(.get, "/api/boards/main/snapshot")
        #expect(answer.status == 200 && answer.bytes.count > 2 * Spool.mostInMemory)
        #expect(answer.headers[.contentLength] == String(answer.bytes.count))
        #expect(answer["tasks"]?.array?.count == 40)
        #expect(answer["tasks"]?.array?.last?.object?["description"]?.string == Self.description)
        #expect(answer["cursor"]?.string == "40-\(gateway.epoch)")
        let tag = try #require(answer.headers[.eTag])
        let known = try await gateway.call(.get, "/api/boards/main/snapshot", headers: [.ifNoneMatch: tag])
        #expect(known.status == 304 && known.bytes.isEmpty && known.headers[.eTag] == tag)
        let csv = try await gateway.call(.get, "/api/boards/main/export?format=csv")
        #expect(csv.bytes.count > 2 * Spool.mostInMemory && csv.text.hasPrefix("name,"))
        #expect(try await gateway.call(.get, "/api/boards/none/snapshot").status == 404)
    }

    @Test func `a tenant's large answers leave files for those of others`() throws {
        let large = Array(repeating: UInt8(0x20), count: Spool.mostInMemory + 1)
        let (acme, globex) = (TenantID("spool-1")!, TenantID("spool-2")!)
        var held: [Spool] = []
        #expect(throws: BoardError.self) {
            for _ in 0..<Spool.mostFiles {
                let spool = Spool(for: acme)
                try spool.append(large)
                held.append(spool)
            }
        }
        #expect(held.count >= Spool.mostFiles / 2 - 1 && held.count <= Spool.mostFiles / 2)
        try Spool(for: globex).append(large)
        held = []
        try Spool(for: acme).append(large)
    }

    @Test func `an answer holds its room until it is read, and then gives it back`() async throws {
        var settings = GatewaySettings()
        settings.answersBytes = 300_000
        let answers = Answers(LiveSettings(settings))
        let acme = TenantID("acme")!
        func response(_ count: Int) -> Response { .json(Array(repeating: 0x20, count: count)) }
        let one = try answers.hold(response(200_000), of: acme)
        #expect(answers.budget.taken == 200_000)
        do throws(Problem) {
            _ = try answers.hold(response(200_000), of: acme)
            Issue.record("there was room")
        } catch {
            #expect(error.status == .serviceUnavailable && error.code == "answers_full")
            #expect(error.headers[.retryAfter] == "1")
        }
        _ = try answers.hold(response(Answers.smallest), of: acme)
        let read = try await Bytes.of(one)
        #expect(read == 200_000)
        withExtendedLifetime(one) {}
    }

    @Test func `a state that is too large for a stream ends it in words`() async throws {
        var settings = GatewaySettings()
        settings.answersBytes = 160_000
        let gateway = try TestGateway(settings)
        try await fill(gateway, tasks: 2)
        let request = try await gateway.streamRequest(
            TestGateway.head("/sse/connect?snapshot=1", token: try TestGateway.token()))
        let text = try await TestConnection.open(request, on: gateway).text(until: "stream.closing")
        #expect(text.contains("limit_reached") && text.contains(#""reconnect":false"#))
        #expect(!text.contains(Self.description))
    }

    /// Counts the bytes of a response.
    private enum Bytes {
        static func of(_ response: Response) async throws -> Int {
            let writer = Writer()
            try await response.body.write(writer)
            return writer.count
        }

        final class Writer: ResponseBodyWriter, @unchecked Sendable {
            private(set) var count = 0
            func write(_ buffer: ByteBuffer) async throws {
                #expect(buffer.readableBytes <= Answers.piece)
                count += buffer.readableBytes
            }
            func finish(_ trailingHeaders: HTTPFields?) async throws {}
        }
    }
}
