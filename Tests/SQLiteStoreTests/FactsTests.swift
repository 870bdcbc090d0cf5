import Boards
import Contracts
import Events
import GRDB
import StrictJSON
import TestSupport
import Testing

@testable import SQLiteStore

/// Facts beside the transaction that they were read from: whatever comes in one group, both decide the same.
@Suite struct FactsTests {
    @Test(arguments: [1, 2, 20_260_115, 0xB0A2D])
    func `random groups of commands are decided on facts as they are on rows`(seed: Int) throws {
        let queue = try DatabaseQueue()
        try Migrations.all(now: 7).migrate(queue)
        var dice = SplitMix(seed: UInt64(seed))
        var sample = CommandSample()
        var (decided, waiting) = (0, 0)
        try queue.writeWithoutTransaction { db in
            let run = Run(number: 1, epoch: Epoch(rawValue: 1))
            for group in 0..<400 {
                try db.beginTransaction(.immediate)
                var rows = try TenantRows(Principal.ann.tenant, in: run, beginning: 7, db)
                var writes = (0..<Int.random(in: 1...10, using: &dice)).map { _ in sample.next(&dice) }
                let now = Timestamp(milliseconds: 1_768_473_000_000 + group * 100)
                let decision = try decide(writes, on: rows, now: now, db)
                waiting += writes.count - decision.results.count
                writes.removeLast(writes.count - decision.results.count)
                decided += writes.count

                var events: [Event] = []
                for (index, write) in writes.enumerated() {
                    let result = try perform(write, on: &rows, now: now, &events, db)
                    let place = "group \(group), command \(index)"
                    #expect(text(of: result) == text(of: decision.results[index]), "\(place)")
                    sample.learn(result)
                }
                #expect(events.map(\.text) == decision.changes.events.map(\.text), "group \(group)")
                try expectRows(rows, toBe: decision.changes)
                try rows.flush(Retention())
                try db.commit()
            }
        }
        // Most are decided at once, and every way out of the ordinary was tried.
        #expect(decided > 4 * waiting && waiting > 0)
    }

    @Test func `one command alone is decided on its footprint, save when its column is crowded`() throws {
        let queue = try DatabaseQueue()
        try Migrations.all(now: 7).migrate(queue)
        var dice = SplitMix(seed: 3)
        var sample = CommandSample()
        try queue.writeWithoutTransaction { db in
            let run = Run(number: 1, epoch: Epoch(rawValue: 1))
            var rows = try TenantRows(Principal.ann.tenant, in: run, beginning: 7, db)
            for step in 0..<3000 {
                let write = sample.next(&dice)
                let now = Timestamp(milliseconds: 1_768_473_000_000 + step)
                let facts = try load(write.footprint, from: rows, db)
                #expect(Decision(of: [write], on: facts, now: now, forgotten: 0).missed == nil, "\(write.command)")
                var events: [Event] = []
                sample.learn(try perform(write, on: &rows, now: now, &events, db))
            }
            // Always the same place, so that ranks become long.
            let draft = try TaskDraft(object(#"{"name":"a"}"#))
            var ids: [Int] = []
            for _ in 0..<3 {
                let write = Write(.task(.createTask(draft)), by: .ann, once: nil)
                var events: [Event] = []
                ids.append(try perform(write, on: &rows, now: 1, &events, db).get().subject.task!.id)
            }
            var misses = 0
            for step in 0..<1500 {
                let move = try TaskMove(object(#"{"status":"inbox","after":\#(ids[0])}"#))
                let write = Write(.task(.moveTask(ids[1 + step % 2], move)), by: .ann, once: nil)
                let facts = try load(write.footprint, from: rows, db)
                let decision = Decision(of: [write], on: facts, now: 1, forgotten: 0)
                if decision.missed != nil { misses += 1 }
                let again = try decide([write], on: rows, now: 1, db)
                var events: [Event] = []
                let result = try perform(write, on: &rows, now: 1, &events, db)
                #expect(text(of: result) == text(of: again.results[0]))
                #expect(events.map(\.text) == again.changes.events.map(\.text))
            }
            #expect(misses > 0)
        }
    }

    private func load(_ footprint: Footprint, from rows: TenantRows, _ db: Database) throws -> Facts {
        let number = try TenantTable.row(of: rows.tenant, in: db)!.number
        return try Facts.load(
            footprint, from: rows, lastTask: rows.newestTask,
            heads: { (id) throws(BoardError) in try rows.head(of: id) },
            counted: try Int.fetchOne(db, sql: "SELECT coalesce(max(number), 0) FROM jobs WHERE tenant = \(number)")!)
    }

    private func decide(_ writes: [Write], on rows: TenantRows, now: Timestamp, _ db: Database) throws -> Decision {
        var footprint = writes.reduce(into: Footprint()) { $0.formUnion($1.footprint) }
        for _ in 0..<3 {
            let facts = try load(footprint, from: rows, db)
            let decision = Decision(of: writes, on: facts, now: now, forgotten: 0)
            guard let missed = decision.missed else { return decision }
            footprint.formUnion(missed)
        }
        throw StoreFailure.broken("the first command asks without end")
    }

    private func perform(
        _ write: Write, on rows: inout TenantRows, now: Timestamp, _ events: inout [Event], _ db: Database
    ) throws -> Result<Commit<Written>, BoardError> {
        var gate = Gate(author: write.author, once: write.once, now: now, forgotten: 0)
        let result = Result { () throws(BoardError) in try gate.perform(write.command, in: &rows) }
        if case .success = result { events += gate.events }
        return result
    }

    /// What the rows were changed to is what the facts say.
    private func expectRows(_ rows: TenantRows, toBe changes: Changes) throws {
        #expect(rows.head == changes.head && rows.newestTask == changes.lastTask)
        for (id, task) in changes.tasks { #expect(try rows.task(id) == task) }
        for (id, board) in changes.boards { #expect(try rows.board(id) == board) }
        for id in changes.cleared where changes.boards[id] == nil { #expect(try rows.board(id) == nil) }
        for (id, head) in changes.boardHeads { #expect(try rows.head(of: id) == head) }
        for (id, job) in changes.jobs {
            let stored = try rows.job(id)
            #expect(stored?.job == job.row.job && stored?.isHeld == job.row.isHeld && stored?.toldAt == job.row.toldAt)
        }
        for (name, answer) in changes.answers { #expect(try rows.answer(to: name.text, of: name.user) == answer) }
    }

    private func text(of result: Result<Commit<Written>, BoardError>) -> String {
        switch result {
        case .success(let commit): String(decoding: commit.bytes, as: UTF8.self)
        case .failure(let error): "refused: \(error)"
        }
    }
}

/// Random commands about few boards, tasks, jobs and keys, so that they meet.
private struct CommandSample {
    private var tasks: [Int] = [1]
    private var jobs: [JobID] = []
    private static let statuses = ["inbox", "in_progress", "review", "done"]
    private static let boards = ["main", "b1", "b2"]

    mutating func learn(_ result: Result<Commit<Written>, BoardError>) {
        guard case .success(let commit) = result else { return }
        if let task = commit.subject.task, !tasks.contains(task.id) { tasks.append(task.id) }
        tasks = tasks.suffix(12)
        jobs = jobs.suffix(6)
    }

    mutating func next(_ dice: inout SplitMix) -> Write {
        let authors = [Principal.ann, .bob, .ann.seeing("main")]
        let once =
            Int.random(in: 0..<8, using: &dice) == 0
            ? IdempotencyKey("k\(Int.random(in: 0..<20, using: &dice))", fingerprint: [1]) : nil
        return Write(command(&dice), by: authors.randomElement(using: &dice)!, once: once)
    }

    private mutating func command(_ dice: inout SplitMix) -> Command {
        let board = Self.boards.randomElement(using: &dice)!
        let status = Self.statuses.randomElement(using: &dice)!
        // Now and then one that is made in the same group.
        let id = Int.random(in: 0..<10, using: &dice) == 0 ? tasks.max()! + 1 : tasks.randomElement(using: &dice)!
        let draft = try! TaskDraft(
            object(
                #"{"name":"n","boardId":"\#(board)"\#(Bool.random(using: &dice) ? #","status":"\#(status)""# : "")}"#))
        switch Int.random(in: 0..<100, using: &dice) {
        case 0..<20: return .task(.createTask(draft))
        case 20..<25: return .createTasks(Array(repeating: draft, count: Int.random(in: 1...4, using: &dice)))
        case 25..<40:
            return .task(.updateTask(id, try! TaskPatch(object(#"{"status":"\#(status)","name":"\#(status)"}"#))))
        case 40..<65:
            let after = Int.random(in: 0..<4, using: &dice) == 0 ? "null" : "\(tasks.randomElement(using: &dice)!)"
            return .task(.moveTask(id, try! TaskMove(object(#"{"status":"\#(status)","after":\#(after)}"#))))
        case 65..<72: return .task(.deleteTask(id))
        case 72..<76: return .board(.createBoard(try! BoardDraft(object(#"{"id":"\#(board)"}"#))))
        case 76..<80:
            let rest = Self.statuses.filter { $0 != status }.map { #""\#($0)""# }.joined(separator: ",")
            return .board(.updateBoard(BoardID(board)!, try! BoardPatch(object(#"{"statuses":[\#(rest)]}"#))))
        case 80..<82: return .board(.deleteBoard(BoardID(board)!))
        case 82..<88:
            let job = JobID(hex: &dice)
            jobs.append(job)
            return .job(.createJob(job, try! JobDraft(object(#"{"name":"j","boardId":"\#(board)"}"#))))
        case 88..<96 where !jobs.isEmpty:
            let json = ["{}", #"{"progress":50}"#, #"{"status":"completed"}"#].randomElement(using: &dice)!
            return .job(.reportJob(jobs.randomElement(using: &dice)!, try! JobReport(object(json))))
        case 96..<98 where !jobs.isEmpty: return .job(.tellJob(jobs.randomElement(using: &dice)!))
        default: return .publish(EventType("x.y")!, data: .null, to: .board(BoardID(board)!))
        }
    }
}

extension JobID {
    fileprivate init(hex dice: inout SplitMix) {
        let digits = (0..<32).map { _ in "0123456789abcdef".randomElement(using: &dice)! }
        self = JobID(String(digits))!
    }
}
