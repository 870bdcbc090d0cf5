import Boards
import Events
import StrictJSON
import Testing

extension StoreContract {
    static let moves: [StoreContract] = [
        StoreContract("a task moves to the first place, behind another, and to the end") { store in
            var tasks: [String: BoardTask] = [:]
            for name in ["a", "b", "c"] { tasks[name] = try await store.create(#"{"name":"\#(name)"}"#) }
            let (a, b, c) = (tasks["a"]!, tasks["b"]!, tasks["c"]!)
            try await store.move(c, to: "inbox", after: nil)
            #expect(try await store.column("inbox") == ["c", "a", "b"])
            try await store.move(c, to: "inbox", after: a)
            #expect(try await store.column("inbox") == ["a", "c", "b"])
            try await store.move(a, to: "inbox", after: b)
            #expect(try await store.column("inbox") == ["c", "b", "a"])
            let last = try #require(store.announced.last)
            #expect(last.type == .taskUpdated)
            #expect(last.object["changes"]?.object?.members.map(\.name) == ["rank"])
        },
        StoreContract("a task that moves to where it stands changes nothing") { store in
            let a = try await store.create(#"{"name":"a"}"#)
            let b = try await store.create(#"{"name":"b"}"#)
            #expect(try await store.move(a, to: "inbox", after: nil).task == a)
            #expect(try await store.move(b, to: "inbox", after: a).task == b)
            #expect(store.announced.count == 2)
        },
        StoreContract("a move to another column is one status change with status and rank") { store in
            let a = try await store.create(#"{"name":"a"}"#)
            let x = try await store.create(#"{"name":"x","status":"done"}"#)
            let commit = try await store.move(a, to: "done", after: nil)
            #expect(try await store.column("done") == ["a", "x"])
            #expect(store.announced.count == 3 && commit.seq == 3 && commit.task.version == 2)
            let event = store.announced[2]
            #expect(event.type == .taskStatusChanged && event.string("previousStatus") == "inbox")
            #expect(event.object["changes"]?.object?.members.map(\.name) == ["status", "rank"])
            try await store.move(a, to: "inbox", after: nil)
            try await store.move(a, to: "done", after: x)
            #expect(try await store.column("done") == ["x", "a"])
        },
        StoreContract("a task can't stand behind itself, a task elsewhere, or none") { store in
            try await store.createBoard(#"{"id":"b1"}"#)
            let a = try await store.create(#"{"name":"a"}"#)
            let done = try await store.create(#"{"name":"d","status":"done"}"#)
            let far = try await store.create(#"{"name":"f","boardId":"b1"}"#)
            let gone = try await store.create(#"{"name":"g"}"#)
            try await store.write(.deleteTask(gone.id))
            for after in [a, done, far, gone] {
                guard case .invalid(let errors) = await refusal({ try await store.move(a, to: "inbox", after: after) })
                else {
                    Issue.record("\(after.name) was not refused")
                    continue
                }
                #expect(errors.map(\.pointer) == ["/after"])
            }
        },
        StoreContract("a column that gets crowded is spaced anew, and every task says so") { store in
            var tasks: [BoardTask] = []
            for name in ["top", "a", "b", "end"] { tasks.append(try await store.create(#"{"name":"\#(name)"}"#)) }
            var count = store.announced.count
            var spacings = 0
            for turn in 0..<2500 {
                // a and b take turns in squeezing in right below the top.
                let commit = try await store.move(tasks[1 + turn % 2], to: "inbox", after: tasks[0])
                let rank = commit.task.rank.rawValue
                #expect(rank.utf8.count <= 200)
                let made = store.announced.count - count
                count = store.announced.count
                #expect(commit.seq == count)
                if made > 1 { spacings += 1 }
            }
            #expect(spacings >= 1)
            #expect(try await store.column("inbox") == ["top", "b", "a", "end"])
            let rows = try await store.store.snapshot(of: .all, for: .ann).tasks
            #expect(Rebuilt(try await store.log()).tasks(of: rows.map(\.id)) == rows)
        },
    ]
}
