import TestSupport
import Testing

@testable import Client

@Suite struct EventStreamParserTests {
    /// What the specification's own examples come to, and its edges (HTML §9.2.6).
    static let streams: [(text: String, items: [EventStreamParser.Item])] = [
        (
            "data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\n",
            [event("This is the first message."), event("This is the second message, it\nhas two lines.")]
        ),
        (
            "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n",
            [event("73857293", type: "add"), event("2153", type: "remove")]
        ),
        ("data: YHOO\ndata: +2\ndata: 10\n\n", [event("YHOO\n+2\n10")]),
        (
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            [event("first event", id: "1"), event("second event"), event(" third event")]
        ),
        ("data\n\ndata\ndata\n\ndata:", [event(""), event("\n")]),
        ("data:test\n\ndata: test\n\n", [event("test"), event("test")]),
        ("data: a\r\rdata: b\r\n\r\ndata: c\n\r\n", [event("a"), event("b"), event("c")]),
        ("data: a\r\ndata: b\rdata: c\ndata: d\r\n\r\n", [event("a\nb\nc\nd")]),
        ("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\n", [event("a")]),
        (
            "retry: 1500\nretry: x\nretry: -1\nretry:\nretry: 1.5\nretry:20\n\n",
            [.retry(.milliseconds(1500)), .retry(.milliseconds(20))]
        ),
        ("id: 7\n\ndata: a\n\nid: x\u{0}y\ndata: b\n\n", [event("a", id: "7"), event("b", id: "7")]),
        ("id: é\u{1F600}\nevent: ü\ndata: \u{2028}…\n\n", [event("\u{2028}…", type: "ü", id: "é\u{1F600}")]),
        ("event: lost\n\ndata: a\n\n", [event("a")]), (":heartbeat\n\n:heartbeat\n\n", []),
        ("Data: a\ndata : b\n\n", []), ("data: cut off\n", []), ("data: a:b: c\nunknown: x\n\n", [event("a:b: c")]),
    ]

    static func event(_ data: String, type: String = "message", id: String = "") -> EventStreamParser.Item {
        .event(ServerSentEvent(type: type, data: data, lastEventID: id))
    }

    @Test(arguments: streams.indices)
    func `a stream is read as the specification has it, wherever it is cut`(index: Int) throws {
        let (text, expected) = Self.streams[index]
        let bytes = Array(text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var parser = EventStreamParser()
                let items =
                    try parser.read(bytes[..<first]) + parser.read(bytes[first..<second])
                    + parser.read(bytes[second...])
                #expect(items == expected, "cut at \(first) and \(second)")
            }
        }
    }

    @Test(arguments: streams.indices)
    func `a stream may come byte by byte`(index: Int) throws {
        var parser = EventStreamParser()
        #expect(try Self.streams[index].text.utf8.flatMap { try parser.read([$0]) } == Self.streams[index].items)
    }

    @Test func `streams one after the other are read as well as alone`() throws {
        var generator = SplitMix(seed: 1)
        for _ in 0..<300 {
            let chosen = (0..<5).map { _ in Self.streams.randomElement(using: &generator)! }
                .filter { !$0.text.contains("\u{FEFF}") && !$0.text.contains("id") && $0.text.hasSuffix("\n\n") }
            let bytes = Array(chosen.map(\.text).joined().utf8)
            var parser = EventStreamParser()
            var items: [EventStreamParser.Item] = []
            var place = 0
            while place < bytes.count {
                let end = min(bytes.count, place + Int.random(in: 1...20, using: &generator))
                items += try parser.read(bytes[place..<end])
                place = end
            }
            #expect(items == chosen.flatMap(\.items))
        }
    }

    @Test func `an id counts from its own event on, also without data`() throws {
        var parser = EventStreamParser(lastEventID: "0")
        #expect(try parser.read("id: 1\ndata: a\n".utf8) == [])
        #expect(parser.lastEventID == "0")
        #expect(try parser.read("\nid: 2\n\n".utf8) == [Self.event("a", id: "1")])
        #expect(parser.lastEventID == "2")
        #expect(try parser.read("id\n\n".utf8) == [])
        #expect(parser.lastEventID == "")
    }

    @Test func `an event without an id has the last one`() throws {
        var parser = EventStreamParser(lastEventID: "9")
        #expect(try parser.read("data: a\n\n".utf8) == [Self.event("a", id: "9")])
    }

    @Test func `bytes that are no UTF-8 are replaced`() throws {
        var parser = EventStreamParser()
        #expect(try parser.read(Array("data: a".utf8) + [0xFF] + Array("b\n\n".utf8)) == [Self.event("a\u{FFFD}b")])
    }

    @Test(arguments: ["data: 0123456789", "data: 01234\ndata: 56789", ":0123456789ab", "event:0123456789"])
    func `an event or line without end is not held for ever`(text: String) {
        var parser = EventStreamParser(limit: 12)
        #expect(throws: EventStreamParser.TooLong(limit: 12)) { try parser.read(text.utf8) }
    }
}
