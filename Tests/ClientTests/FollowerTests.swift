import TestSupport
import Testing

@testable import Client

@Suite struct FollowerTests {
    private let epoch = "9f03c1aa"
    private var dice: any RandomNumberGenerator = SplitMix(seed: 7)

    private func frame(_ json: String, id: String? = nil) -> String {
        (id.map { "id: \($0)\n" } ?? "") + "data: \(json)\n\n"
    }

    private func task(_ seq: Int, _ name: String = "a", epoch: String = "9f03c1aa") -> String {
        frame(
            """
            {"type":"task.created","seq":\(seq),"boardId":"main","boardSeq":\(seq),"taskId":\(seq),"task":{"name":"\(name)"},\
            "timestamp":"2026-01-15T10:30:00.000Z"}
            """, id: "\(seq)-\(epoch)")
    }

    private func established(_ cursor: String, heartbeat: Int = 20, recovered: Bool = false) -> String {
        "retry: 3100\n"
            + frame(
                """
                {"type":"connection.established","userId":"u1","tenant":"acme","boards":["main"],"cursor":"\(cursor)",\
                "recovered":\(recovered),"behind":2,"heartbeatSeconds":\(heartbeat)}
                """, id: cursor)
    }

    /// The events that are not of the stream itself, by their JSON.
    private func events(_ output: [Follower.Output]) -> [String] {
        output.compactMap { if case .event(let event) = $0, !event.isOfStream { event.json } else { nil } }
    }

    private func notes(_ output: [Follower.Output]) -> [String] {
        output.compactMap { if case .note(let text) = $0 { text } else { nil } }
    }

    @Test func `an event comes as it came, and what concerns the connection comes with a note`() throws {
        var follower = Follower()
        follower.begin()
        let json = #"{"type":"task.created",  "seq":1,"x":1.50,"y":"\u00e9"}"#
        let output = try follower.read((established("0-\(epoch)") + frame(json, id: "1-\(epoch)")).utf8)
        #expect(output.count == 3)
        #expect(notes(output) == ["connected as u1 of acme, boards main"])
        #expect(events(output) == [json])
    }

    @Test func `JSON over several data lines is one line`() throws {
        var follower = Follower()
        let output = try follower.read("data: {\"type\":\ndata: \"a.b\"}\n\n".utf8)
        #expect(events(output) == [#"{"type": "a.b"}"#])
    }

    @Test func `it resumes after the last whole event, and none comes twice`() throws {
        var follower = Follower(since: "4-\(epoch)")
        #expect(follower.lastEventID == "4-\(epoch)")
        follower.begin()
        let first = try follower.read((established("4-\(epoch)", recovered: true) + task(5) + task(6)).utf8)
        #expect(events(first).count == 2)
        #expect(events(try follower.read(task(7).dropLast(1).utf8)) == [])
        #expect(follower.lastEventID == "6-\(epoch)")
        follower.begin()
        let second = try follower.read((established("6-\(epoch)") + task(5) + task(6) + task(7) + task(8)).utf8)
        #expect(events(second).count == 2)
        #expect(follower.lastEventID == "8-\(epoch)")
    }

    @Test func `it resumes where it was connected when nothing happened since`() throws {
        var follower = Follower()
        _ = try follower.read(established("41-\(epoch)").utf8)
        #expect(follower.lastEventID == "41-\(epoch)")
    }

    @Test func `after a resync the numbers begin anew`() throws {
        var follower = Follower()
        _ = try follower.read((established("8-\(epoch)") + task(9)).utf8)
        for (head, life) in [("3-00000001", "00000001"), ("2-\(epoch)", epoch)] {
            follower.begin()
            let resync = frame(#"{"type":"stream.resync","reason":"epoch_changed","cursor":"\#(head)"}"#)
            let next = Int(head.prefix(1))! + 1
            let output = try follower.read((established(head) + resync + task(next, epoch: life)).utf8)
            #expect(notes(output).last == "events were missed and are not repeated: epoch_changed")
            #expect(events(output).count == 1)
            #expect(follower.lastEventID == "\(next)-\(life)")
        }
    }

    @Test func `patience is two heartbeats and a half`() throws {
        var follower = Follower()
        #expect(follower.patience == .seconds(50))
        _ = try follower.read(established("1-\(epoch)", heartbeat: 2).utf8)
        #expect(follower.patience == .seconds(5))
    }

    @Test mutating func `it comes back when the server said to`() throws {
        var follower = Follower()
        let closing = frame(#"{"type":"stream.closing","reason":"server_draining","reconnectAfterMilliseconds":4321}"#)
        let output = try follower.read((established("1-\(epoch)") + closing).utf8)
        #expect(notes(output).last == "the server ends the stream: server_draining")
        let step = follower.step(after: .ended, using: &dice)
        #expect(step == .reconnect(after: .milliseconds(4321), because: "the connection ended"))
        follower.begin()
        guard case .reconnect(let wait, _) = follower.step(after: .broken("x"), using: &dice) else {
            return #expect(Bool(false))
        }
        #expect(wait >= .milliseconds(3100), "that was for one connection; now the stream's own retry counts")
    }

    @Test(arguments: [0, 1, -5, 999_999_999_999])
    mutating func `what the server asks for is obeyed within reason`(milliseconds: Int) throws {
        var follower = Follower()
        let json = #"{"type":"stream.closing","reason":"x","reconnectAfterMilliseconds":\#(milliseconds)}"#
        _ = try follower.read("retry: \(max(0, milliseconds))\n\(frame(json))".utf8)
        for ending in [Follower.Ending.ended, .silent] {
            guard case .reconnect(let wait, _) = follower.step(after: ending, using: &dice) else {
                return #expect(Bool(false))
            }
            #expect(wait >= .milliseconds(100) && wait <= .seconds(3600))
            follower.begin()
        }
    }

    @Test(arguments: ["token_expired", "revoked", "access_lost"])
    mutating func `it stays away when the server said to`(reason: String) throws {
        var follower = Follower()
        _ = try follower.read(frame(#"{"type":"stream.closing","reason":"\#(reason)","reconnect":false}"#).utf8)
        let failure = Failure(.auth, "the server ended the stream: \(reason)")
        #expect(follower.step(after: .ended, using: &dice) == .stop(failure))
    }

    @Test(arguments: [(401, Failure.Kind.auth), (403, .auth), (404, .notFound), (400, .usage), (301, .usage)])
    mutating func `a refusal that no retry can mend ends it`(status: Int, kind: Failure.Kind) {
        var follower = Follower()
        let step = follower.step(after: .refused(status: status, detail: "no\u{1B}[2J", retryAfter: nil), using: &dice)
        #expect(step == .stop(Failure(kind, "no\u{FFFD}[2J")))
    }

    @Test(arguments: [408, 425, 429, 500, 502, 503, 504])
    mutating func `any other refusal is tried again, when it says so`(status: Int) {
        var follower = Follower()
        let ending = Follower.Ending.refused(status: status, detail: "later", retryAfter: .seconds(30))
        #expect(follower.step(after: ending, using: &dice) == .reconnect(after: .seconds(30), because: "later"))
    }

    @Test mutating func `waits grow up to 20 s, and are short again after a connection`() throws {
        var follower = Follower()
        func wait() -> Duration {
            guard case .reconnect(let wait, _) = follower.step(after: .silent, using: &dice) else { return .zero }
            return wait
        }
        let waits = (0..<200).map { _ in wait() }
        #expect(waits.allSatisfy { .milliseconds(500) ... .seconds(20) ~= $0 })
        #expect(waits[0] == .milliseconds(500) && waits[1] <= .seconds(1) && waits[2] <= .seconds(2))
        #expect(waits.contains { $0 > .seconds(15) } && waits.dropFirst(10).contains { $0 < .seconds(5) })
        _ = try follower.read("retry: 700\n".utf8)
        _ = try follower.read(frame(#"{"type":"connection.established"}"#).utf8)
        #expect(wait() == .milliseconds(700))
    }

    @Test func `what is no event of ours gets a note, and does not end it`() throws {
        var follower = Follower()
        let output = try follower.read("data: <html>\u{1B}\n\ndata: []\n\ndata: {}\n\n".utf8)
        #expect(notes(output).count == 3 && events(output).isEmpty)
        #expect(notes(output)[0] == "not an event of ours: <html>\u{FFFD}")
    }
}
