import Events
import NIOCore
import TestSupport
import Testing

@testable import Rooms

/// A log that several nodes write to: it may go on in another epoch, and after a failover it may have lost what was told.
@Suite(.serialized) struct OtherLifeTests {
    private static let first = "abcdef01"
    private static let second: UInt32 = 0x22

    @Test func `a new epoch in which nothing is lost cuts no stream`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive()
        hub.log.commit(.board(.main), count: 3)
        hub.log.begin(Self.second)
        hub.log.commit(.board(.main))
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers.count >= 5 }
        #expect(try await hub.read { reader.numbers } == Array(1...5))
        #expect(hub.relay.epochs(of: TestLog.tenant).cursor(at: 3).description == "3-\(Self.first)")
        #expect(hub.relay.epochs(of: TestLog.tenant).cursor(at: 4).description == "4-00000022")
    }

    @Test func `a WebSocket comes back before it hears numbers of another epoch`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 2)
        let socket = try await hub.joinLive(on: .webSocket)
        let stream = try await hub.joinLive()
        hub.log.begin(Self.second)
        let events = hub.log.write(.board(.main), count: 2)
        hub.relay.advance(TestLog.tenant, to: 4)
        try await hub.settle { socket.reader?.state == .closed && stream.numbers == [3, 4] }
        let said = String(buffer: try await hub.read { socket.sink.received })
        #expect(said.contains(#""reason":"server_draining","reconnectAfterMilliseconds""#))
        #expect(!said.contains(#""seq":3"#))
        let place = Cursor(seq: 2, epoch: Epoch(Self.first)!)
        let again = try await hub.joinLive(after: place.description, on: .webSocket)
        let text = String(buffer: try await hub.read { again.sink.received })
        #expect(text.contains(#""cursor":"2-00000022","recovered":true"#))
        #expect(text.contains(#""seq":\#(events[1].seq)"#))
    }

    @Test func `a WebSocket's place that is newer than what memory knows keeps its epoch`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 2)
        _ = try await hub.joinLive()
        hub.log.begin(Self.second)
        _ = hub.log.write(.board(.main), count: 2)
        let socket = try await hub.join(after: "4-00000022", on: .webSocket)
        try await hub.settle { socket.sink.received.readableBytes > 0 }
        #expect(String(buffer: try await hub.read { socket.sink.received }).contains(#""cursor":"4-00000022""#))
    }

    @Test func `what was told and is lost is told of: everybody comes back, and is judged by the log`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 5)
        let reader = try await hub.joinLive(after: "0-\(Self.first)")
        hub.log.begin(Self.second, after: 3)
        _ = hub.log.write(.board(.main), count: 1)
        hub.relay.doubt(TestLog.tenant)
        try await hub.settle { reader.reader?.state == .closed }
        #expect(try reader.types.last == "stream.closing")
        #expect(hub.relay.head(of: TestLog.tenant) == 4)

        let lost = try await hub.joinLive(after: "5-\(Self.first)")
        #expect(try lost.stream.events.contains { $0.data.contains(#""reason":"epoch_changed""#) })
        let kept = try await hub.joinLive(after: "3-\(Self.first)")
        try await hub.settle { kept.numbers == [4] }
        hub.log.commit(.board(.main))
        try await hub.settle { kept.numbers == [4, 5] && lost.numbers == [5] }
    }

    @Test func `an own commit that goes on from a log that went back is not taken for the next`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 5)
        let reader = try await hub.joinLive(after: "0-\(Self.first)")
        try await hub.settle { reader.numbers.count == 5 }
        hub.log.begin(Self.second, after: 3)
        // Others gave these numbers.
        _ = hub.log.write(.board(.main), count: 2)
        hub.log.commit(.board(.main))
        try await hub.settle { reader.reader?.state == .closed }
        #expect(try await hub.read { reader.numbers } == Array(1...5))
        let again = try await hub.joinLive(after: "3-\(Self.first)")
        try await hub.settle { again.numbers == [4, 5, 6] }
    }

    @Test func `an own commit under a number that was told already is noticed`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 5)
        let reader = try await hub.joinLive()
        hub.log.begin(Self.second, after: 3)
        hub.log.commit(.board(.main))
        try await hub.settle { reader.reader?.state == .closed }
        #expect(hub.relay.head(of: TestLog.tenant) == 4)
    }

    @Test func `a doubt without a reason changes nothing`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 2)
        let reader = try await hub.joinLive()
        hub.relay.doubt(TestLog.tenant)
        hub.log.commit(.board(.main))
        hub.relay.doubt(TestLog.tenant)
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [3, 4] }
    }

    @Test(arguments: 0..<30)
    func `whatever is lost, all who come back with their cursors end with what the log holds`(
        seed: UInt64
    ) async throws {
        for round in UInt64(0)..<3 { try await play(seed * 100 + round) }
    }

    /// One client of the log: what it holds, under its numbers, and where it reads on.
    private struct Client {
        var reader: TestReader
        var seen = 0
        var held: [Int: String] = [:]
        var cursor: String?
        /// It reads its state anew where it was told to.
        mutating func take() throws {
            let events = try reader.stream.events
            for event in events.dropFirst(seen) {
                if event.data.contains(#""type":"stream.resync""#) || cursor == nil { held = [:] }
                if let id = event.id {
                    cursor = id
                    let seq = try #require(Cursor(id)).seq
                    if !event.data.contains(#""type":"connection.established""#) {
                        #expect(held[seq] == nil, "\(seq) came twice")
                        held[seq] = id
                    }
                }
            }
            seen = events.count
        }
    }

    /// Two nodes' commits, of which this one hears its own at once and the others late, and now and then a failover.
    private func play(_ seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 3)
        var clients: [Client] = []
        for _ in 0..<3 { clients.append(Client(reader: try await hub.join(after: "0-\(Self.first)"))) }
        var life: UInt32 = 100
        for _ in 0..<40 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0...3: hub.log.commit(.board(.main), count: Int.random(in: 1...3, using: &random))
            case 4...6: _ = hub.log.write(.board(.main), count: Int.random(in: 1...3, using: &random))
            case 7, 8: hub.relay.advance(TestLog.tenant, to: hub.log.all.count)
            case 9:
                life += 1
                let head = hub.log.all.count
                hub.log.begin(
                    life, after: Bool.random(using: &random) ? head : Int.random(in: 0...head, using: &random))
            case 10: hub.relay.doubt(TestLog.tenant)
            default: break
            }
            try await comeBack(&clients, hub)
        }
        hub.relay.doubt(TestLog.tenant)
        hub.log.commit(.board(.main))
        let head = hub.log.all.count
        for index in clients.indices {
            var isThere = false
            for _ in 0..<10_000 where !isThere {
                try await comeBack(&clients, hub)
                let (held, log) = (clients[index].held, hub.log.all)
                // One that was told where to read its state holds nothing that came before.
                isThere =
                    clients[index].cursor == log[head - 1].cursor.description
                    && held.allSatisfy { $1 == log[$0 - 1].cursor.description }
                if !isThere { try await Task.sleep(for: .milliseconds(1)) }
            }
            #expect(isThere, "seed \(seed): \(clients[index].held.sorted { $0.key < $1.key })")
            let numbers = clients[index].held.keys.sorted()
            if let first = numbers.first { #expect(numbers == Array(first...head), "seed \(seed): a hole") }
        }
    }

    private func comeBack(_ clients: inout [Client], _ hub: TestHub) async throws {
        for index in clients.indices {
            let before = clients[index]
            var (client, isClosed) = try await hub.read {
                var client = before
                try client.take()
                return (client, client.reader.reader?.state == .closed)
            }
            if isClosed { (client.reader, client.seen) = (try await hub.join(after: client.cursor), 0) }
            clients[index] = client
        }
    }
}
