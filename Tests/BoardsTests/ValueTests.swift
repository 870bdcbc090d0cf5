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
            assignee: nil, labels: ["ü", "\""], dueAt: time, rank: .middle, version: 3, epoch: .random(),
            createdBy: user,
            createdAt: time, updatedAt: time)
        let job = Job(
            id: .random(), board: .main, name: "é", input: .array([.null]), createdBy: user, createdAt: time,
            updatedAt: time)
        for subject: Written in [
            .nothing, .task(task), .board(.main(since: time)), .job(StoredJob(job: job, toldAt: time, isHeld: true)),
        ] {
            let read = try #require(Commit<Written>(bytes: Commit(seq: 3, subject).bytes))
            #expect(read.subject.task?.epoch == subject.task?.epoch)
            #expect(read.seq == 3 && read.subject.task == subject.task && read.subject.board == subject.board)
            #expect(read.subject.job?.job == subject.job?.job && read.subject.job?.heldUntil == nil)
        }
        #expect(Commit<Written>(bytes: Array("{}".utf8)) == nil)
        #expect(Commit<Written>(bytes: Array(#"{"seq":1,"task":{}}"#.utf8)) == nil)
    }

    /// Answers are kept for a day, in which a new version may take over.
    @Test func `answers that an earlier version kept are read`() throws {
        func read(_ json: String) throws -> Commit<Written> {
            try #require(Commit<Written>(bytes: Array(json.utf8)))
        }
        let task = try read(
            #"""
            {"seq":6,"task":{"id":6,"boardId":"main","name":"é","description":"","status":"inbox",\#
            "priority":"medium","assigneeId":"bob","labels":["x"],"dueAt":null,"rank":"a2","version":1,\#
            "createdBy":"dev","createdAt":"2026-11-28T09:34:47.309Z","updatedAt":"2026-11-28T09:34:47.309Z"}}
            """#)
        #expect(task.seq == 6 && task.subject.task?.id == 6 && task.subject.task?.assignee == UserID("bob"))
        let board = try read(
            #"""
            {"seq":7,"board":{"id":"b1","name":"b1","statuses":["inbox","in_progress","review","done"],"version":1,\#
            "createdAt":"2026-11-28T09:34:47.321Z","updatedAt":"2026-11-28T09:34:47.321Z"}}
            """#)
        #expect(board.subject.board?.id == BoardID("b1"))
        #expect(board.subject.board?.columns.map(\.name) == ["Inbox", "In progress", "Review", "Done"])
        let job = try read(
            #"""
            {"seq":8,"job":{"id":"9bbad4467bc549abacd59331a99a3fec","boardId":null,"name":"j","status":"queued",\#
            "progress":0,"message":null,"input":[1.50],"result":null,"error":null,"details":null,"version":1,\#
            "createdBy":"dev","createdAt":"2026-11-28T09:34:47.339Z","updatedAt":"2026-11-28T09:34:47.339Z"}}
            """#)
        #expect(job.subject.job?.job.name == "j" && job.subject.job?.job.input != nil)
        guard case .nothing = try read(#"{"seq":9}"#).subject else {
            Issue.record("something")
            return
        }
    }

    @Test func `an answer of another kind is that of another request`() throws {
        let commit = Commit<Written>(seq: 1, .board(.main(since: Timestamp(milliseconds: 0))))
        #expect(throws: BoardError.keyReused) { try commit.narrowed(\.task) }
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
