import Events
import NIOCore
import StrictJSON
import TestSupport
import Testing

@testable import Rooms

/// Whatever a title, a type or an id says, a client sees the events that were sent and no others.
@Suite struct WireTests {
    static let epoch = Epoch(rawValue: 0x9F03_C1AA)
    static let hostile = [
        "\n", "\r", "\r\n", "\n\n", "\r\r", "\r\n\r\n", "\n\ndata: {\"type\":\"forged\"}\n\n",
        "\r\rid: 999-9f03c1aa\r\r", "\nretry: 1\n",
        "\nevent: forged\n", "\n:comment\n", "\r\n0\r\n\r\n", "\r\n5\r\nhello\r\n", "\u{2028}data: x\u{2029}", "\u{0}",
        "\u{85}", "\u{FEFF}",
        "\u{B}\u{C}", "\u{7F}", "data:", ":", " ", "\\n", "\\u000a", "\u{1F600}", "e\u{301}", "\"}\n\n", "",
    ]

    private func event(_ seq: Int, json: [UInt8]) -> Event {
        Event(
            tenant: TestLog.tenant, seq: seq, epoch: Self.epoch, audience: .board(.main), type: .taskCreated,
            timestamp: 0, json: json)
    }

    private func object(_ text: String) -> [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.name("type"); $0.string("task.created")
            $0.name("name"); $0.string(text)
            $0.name(escaping: text + "key"); $0.array([text, text]) { $0.string($1) }
        }
        return json.bytes
    }

    @Test(arguments: hostile)
    func `hostile text is one event, and comes back byte by byte`(text: String) throws {
        let json = object(text)
        let reader = try StrictStreamReader(EventFrame(event(42, json: json)).bytes)
        #expect(reader.events.count == 1)
        #expect(reader.events.first?.id == "42-9f03c1aa")
        #expect(reader.events.first?.name == nil, "onmessage only sees events without a name")
        #expect(reader.events.first?.retry == nil)
        let data = try #require(reader.events.first?.data)
        #expect(Array(data.utf8) == json)
        let name = try #require(try JSONParser.parse(data.utf8).object?["name"]?.string)
        #expect(name.hasSameBytes(as: text))
    }

    @Test(arguments: 0..<16)
    func `frames behind each other are as many events as were sent`(seed: UInt64) throws {
        var random = SplitMix(seed: seed &* 7919)
        var bytes = ByteBuffer()
        var sent: [[UInt8]] = []
        var heartbeats = 0
        for seq in 1...200 {
            let text = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                Self.hostile.randomElement(using: &random)!
            }
            let json = object(text.joined())
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let frame = EventFrame(ephemeral: json, audience: .tenant, type: .taskCreated, timestamp: 0)
                bytes.writeImmutableBuffer(frame.bytes)
                sent.append(json)
            case 1:
                bytes.writeImmutableBuffer(StreamBytes.heartbeat)
                heartbeats += 1
            default:
                bytes.writeImmutableBuffer(EventFrame(event(seq, json: json)).bytes)
                sent.append(json)
            }
        }
        bytes.writeImmutableBuffer(StreamBytes.end)
        let reader = try StrictStreamReader(bytes)
        #expect(reader.events.map { Array($0.data.utf8) } == sent)
        #expect(reader.comments == Array(repeating: "heartbeat", count: heartbeats))
        #expect(reader.isEnded)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 200, 254, 255, 256, 257, 4000, 4095, 4096, 65_535, 65_536, 1 << 20])
    func `a chunk's size is right however long the event`(count: Int) throws {
        let json = Array(repeating: UInt8(ascii: "x"), count: count)
        for id in [nil, Cursor(seq: 0, epoch: Self.epoch), Cursor(seq: .max, epoch: Self.epoch)] {
            let reader = try StrictStreamReader(StreamBytes.event(id: id, json: json))
            #expect(reader.events.map(\.data.utf8.count) == [count])
            #expect(reader.events.first?.id == id?.description)
        }
    }

    @Test func `an ephemeral event has no id and leaves the last one alone`() throws {
        var bytes = EventFrame(event(7, json: object("a"))).bytes
        bytes.writeImmutableBuffer(
            EventFrame(ephemeral: object("b"), audience: .tenant, type: .taskCreated, timestamp: 0).bytes)
        let reader = try StrictStreamReader(bytes)
        #expect(reader.events.map(\.id) == ["7-9f03c1aa", nil])
        #expect(reader.lastEventID == "7-9f03c1aa")
    }

    @Test func `the gateway's own words are events without id`() throws {
        let cursor = Cursor(seq: 3, epoch: Self.epoch)
        for reason: ResyncReason in [.cursorExpired, .cursorMalformed, .epochChanged, .cursorAhead] {
            let reader = try StrictStreamReader(
                StreamEvents.resync(
                    reason, cursor: cursor, snapshotURL: "/api/boards/main/snapshot", on: .eventStream, now: 0))
            let object = try #require(try JSONParser.parse(reader.events[0].data.utf8).object)
            #expect(object["type"]?.string == "stream.resync")
            #expect(object["reason"]?.string == reason.rawValue)
            #expect(object["cursor"]?.string == "3-9f03c1aa")
            #expect(object["snapshot"]?.string == "/api/boards/main/snapshot")
            #expect(object["timestamp"]?.string == "1970-01-01T00:00:00.000Z")
            #expect(reader.events[0].id == nil)
        }
    }

    @Test func `a closing event says when to come back, to script and browser alike, or never`() throws {
        let later = try StrictStreamReader(StreamEvents.closing(.serverDraining, reconnectAfter: 1234, now: 0))
        #expect(later.events.first?.retry == 1234)
        let object = try #require(try JSONParser.parse(later.events[0].data.utf8).object)
        #expect(object["type"]?.string == "stream.closing")
        #expect(object["reason"]?.string == "server_draining")
        #expect(object["reconnectAfterMilliseconds"]?.int == 1234)
        #expect(object["reconnect"] == nil)
        let never = try StrictStreamReader(StreamEvents.closing(.tokenExpired, reconnectAfter: nil, now: 0))
        #expect(never.events.first?.retry == nil)
        #expect(try JSONParser.parse(never.events[0].data.utf8).object?["reconnect"]?.bool == false)
    }

    @Test func `clients are told to come back within thirty per cent of the time, and not all at once`() {
        let delays = (0..<500).map { _ in StreamEvents.retry(around: .seconds(3)) }
        #expect(delays.allSatisfy { 2100...3900 ~= $0 })
        #expect(Set(delays).count > 100)
        #expect(StreamEvents.retry(around: .zero) == 1)
    }

    @Test(arguments: ["5\r\nhello", "05\r\nhello\r\n", "5;x\r\nhello\r\n", "4\r\nabc\n\r\n", "9\r\nfoo: bar\n\r\n"])
    func `the reader of these tests refuses what is no stream`(text: String) {
        #expect(throws: StrictStreamReader.Refusal.self) { try StrictStreamReader(ByteBuffer(string: text)) }
    }
}
