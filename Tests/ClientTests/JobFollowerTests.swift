import TestSupport
import Testing

@testable import Client

@Suite struct JobFollowerTests {
    private var dice: any RandomNumberGenerator = SplitMix(seed: 7)

    private func frame(_ name: String, _ json: String) -> [UInt8] { Array("event: \(name)\ndata: \(json)\n\n".utf8) }
    private let half = #"{"id":"x","status":"processing","progress":50,"message":"half","result":null,"error":null}"#

    private func events(_ output: [Follower.Output]) -> [String] {
        output.compactMap { if case .event(let event) = $0 { event.json } else { nil } }
    }

    @Test mutating func `each progress is an event, and the end stops it`() throws {
        var follower = JobFollower()
        follower.begin()
        #expect(events(try follower.read(frame("progress", half))) == [half])
        #expect(try follower.read(frame("heartbeat", "{}")) == [])
        #expect(try follower.read(frame("completed", #"{"status":"completed","progress":100}"#)).count == 1)
        #expect(follower.end == .completed && follower.step(after: .ended, using: &dice) == .done)
    }

    @Test mutating func `a failure is an event, and the end`() throws {
        var follower = JobFollower()
        let output = try follower.read(frame("failed", #"{"id":"x","status":"cancelled","error":"can\u001bcelled"}"#))
        #expect(events(output).count == 1)
        #expect(follower.end == .failed(status: "cancelled", error: "can\u{FFFD}celled"))
        let failure = Failure(.unexpected, "the job cancelled: can\u{FFFD}celled")
        #expect(follower.step(after: .ended, using: &dice) == .stop(failure))
    }

    @Test mutating func `what has come does not come again on the next connection`() throws {
        var follower = JobFollower()
        #expect(events(try follower.read(frame("progress", half))) == [half])
        guard case .reconnect = follower.step(after: .broken("gone"), using: &dice) else {
            Issue.record("it does not come back")
            return
        }
        follower.begin()
        #expect(try follower.read(frame("progress", half)) == [])
        #expect(follower.lastEventID.isEmpty)
    }

    @Test mutating func `a refusal that no retry can mend ends it`() {
        var follower = JobFollower()
        let refused = Follower.Ending.refused(status: 404, detail: "nothing", retryAfter: nil)
        #expect(follower.step(after: refused, using: &dice) == .stop(Failure(.notFound, "nothing")))
        let busy = Follower.Ending.refused(status: 503, detail: "busy", retryAfter: .seconds(9))
        guard case .reconnect(let wait, "busy") = follower.step(after: busy, using: &dice) else {
            Issue.record("it gave up")
            return
        }
        #expect(wait >= .seconds(9))
    }

    @Test mutating func `at a stream's age the next one goes on without a word, and at a token's end none does`() throws
    {
        var follower = JobFollower()
        #expect(
            try follower.read(frame("stream.closing", #"{"reason":"max_age","reconnectAfterMilliseconds":7}"#)) == [])
        guard case .reconnect = follower.step(after: .ended, using: &dice) else {
            Issue.record("it does not come back")
            return
        }
        follower.begin()
        let closing = #"{"reason":"token_expired","reconnect":false}"#
        #expect(
            try follower.read(frame("stream.closing", closing)) == [.note("the server ends the stream: token_expired")])
        #expect(
            follower.step(after: .ended, using: &dice)
                == .stop(Failure(.auth, "the server ended the stream: token_expired")))
    }
}
