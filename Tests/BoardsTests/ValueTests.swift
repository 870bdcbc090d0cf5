import Contracts
import Events
import StrictJSON
import Testing

@testable import Boards

@Suite struct ValueTests {
    @Test func `a commit reads back from its bytes`() throws {
        let user = try #require(UserID("é\u{1}"))
        let time = Timestamp(milliseconds: 1_768_473_000_123)
        let task = BoardTask(
            id: 7, board: .main, name: "n\u{2028}", description: "d", status: "done", priority: .urgent,
            assignee: nil, labels: ["ü", "\""], dueAt: time, rank: .middle, version: 3, createdBy: user,
            createdAt: time, updatedAt: time)
        for commit in [
            Commit(seq: 1), Commit(seq: 2, task: task), Commit(seq: 3, board: .main(since: time)),
        ] {
            #expect(Commit(bytes: commit.bytes) == commit)
        }
        #expect(Commit(bytes: Array("{}".utf8)) == nil)
        #expect(Commit(bytes: Array(#"{"seq":1,"task":{}}"#.utf8)) == nil)
    }

    @Test func `an idempotency key is 1 to 128 bytes without control characters`() {
        #expect(IdempotencyKey(String(repeating: "k", count: 128), fingerprint: []) != nil)
        for key in ["", String(repeating: "k", count: 129), "a\n", "\u{7F}", "\0"] {
            #expect(IdempotencyKey(key, fingerprint: []) == nil)
        }
    }

    @Test func `a page mark reads back, and nothing else reads as one`() {
        for id in [0, 1, 35, 36, Int.max] { #expect(PageMark(PageMark(id: id).description)?.id == id) }
        for text in ["", "t", "1", "t-1", "t+1", "T1", "t01", "tA", "t1 ", "tzzzzzzzzzzzzzzz", "t１"] {
            #expect(PageMark(text) == nil)
        }
    }

    @Test func `text is found whatever its case and composition`() throws {
        #expect(try #require(TextSearch("WORLD")).isFound(in: "hello world"))
        #expect(try #require(TextSearch("ё")).isFound(in: "ЁЛКА"))
        #expect(try #require(TextSearch("é")).isFound(in: "CAFE\u{301}"))
        #expect(try !#require(TextSearch("worlds")).isFound(in: "hello world"))
        #expect(TextSearch("") == nil && TextSearch(String(repeating: "a", count: 501)) == nil)
    }
}
