import Boards
import Events
import StrictJSON
import Testing

extension StoreContract {
    static let tasks: [StoreContract] = [
        StoreContract("a new task is there and announced, with every member in order") { store in
            let draft = #"""
                {"name":"Größe","description":"d","status":"review","priority":"high","assigneeId":"bob",
                 "labels":["x","y"],"dueAt":"2026-02-01T12:00:00+02:00"}
                """#
            let commit = try await store.write(
                .createTask(TaskDraft(object(draft))), once: IdempotencyKey("op1", fingerprint: [1]))
            let task = commit.task
            #expect(try await store.store.task(task.id, for: .ann) == task)
            #expect(store.announced.map(\.seq) == [commit.seq])
            #expect(
                store.announced[0].text == #"""
                    {"type":"task.created","seq":1,"boardId":"main","boardSeq":1,"taskId":1,"task":{"id":1,\#
                    "boardId":"main","name":"Größe","description":"d","status":"review","priority":"high",\#
                    "assigneeId":"bob","labels":["x","y"],"dueAt":"2026-02-01T10:00:00.000Z","rank":"a0",\#
                    "version":1,"createdBy":"ann","createdAt":"2026-01-15T10:30:00.000Z",\#
                    "updatedAt":"2026-01-15T10:30:00.000Z"},"actor":"ann","op":"op1",\#
                    "timestamp":"2026-01-15T10:30:00.000Z"}
                    """#)
        },
        StoreContract("a task gets the defaults: main, its first status, medium, nothing else") { store in
            let task = try await store.create(#"{"name":"a"}"#)
            #expect(task.board == .main && task.status == "inbox" && task.priority == .medium)
            #expect(task.description == "" && task.labels == [] && task.assignee == nil && task.dueAt == nil)
            #expect(task.version == 1 && task.createdBy == Principal.ann.user && task.createdAt == store.time)
        },
        StoreContract("a patch changes what it names, and says old and new") { store in
            let task = try await store.create(#"{"name":"a","labels":["x"],"assigneeId":"bob"}"#)
            store.advance(by: .milliseconds(5))
            let commit = try await store.patch(task, #"{"name":"b","labels":null,"assigneeId":null,"priority":"low"}"#)
            let changed = commit.task
            #expect(changed.name == "b" && changed.labels == [] && changed.assignee == nil && changed.version == 2)
            #expect(changed.updatedAt == store.time && changed.createdAt == task.createdAt)
            let event = try #require(store.announced.last)
            #expect(event.type == .taskUpdated)
            #expect(
                event.object["changes"]
                    == .object(
                        object(
                            #"{"name":["a","b"],"priority":["medium","low"],"assigneeId":["bob",null],"labels":[["x"],[]]}"#
                        )))
        },
        StoreContract("a task that was read is written back, unless another value is set for what only the store sets")
        {
            store in
            let task = try await store.create(#"{"name":"a","labels":["x"],"dueAt":"2026-01-01"}"#)
            var json = JSONWriter()
            task.write(into: &json)
            let record = try #require(try JSONParser.parse(json.bytes).object)
            let same = try await store.write(.updateTask(task.id, TaskPatch(record)))
            #expect(same.seq == 1 && same.task == task)
            for name in ["id", "boardId", "rank", "version", "createdBy", "createdAt", "updatedAt"] {
                var other = record
                other["name"] = .string("b")
                for value in [JSONValue.null, .string("7"), .number(JSONNumber(7)), .array([])] {
                    other[name] = value
                    let error = await refusal {
                        try await store.write(.updateTask(task.id, TaskPatch(other)))
                    }
                    guard case .invalid(let errors) = error else { Issue.record("\(name) is taken"); continue }
                    #expect(errors.map(\.pointer) == ["/\(name)"])
                }
            }
            #expect(try await store.store.task(task.id, for: .ann) == task)
        },
        StoreContract("a patch that changes nothing makes no event and no version") { store in
            let task = try await store.create(#"{"name":"a","dueAt":"2026-01-01T00:00:00Z"}"#)
            try await store.create(#"{"name":"another"}"#)
            let commit = try await store.patch(
                task, #"{"name":"a","status":"inbox","dueAt":"2026-01-01T01:00:00+01:00","description":null}"#)
            #expect(commit.task == task && commit.seq == 2 && store.announced.count == 2)
        },
        StoreContract("a letter composed is another name than the same decomposed") { store in
            let task = try await store.create(#"{"name":"\u00e9"}"#)
            #expect(try await store.patch(task, #"{"name":"e\u0301"}"#).task.version == 2)
        },
        StoreContract("a patch of status and name makes both events, each with the final task") { store in
            let task = try await store.create(#"{"name":"a"}"#)
            let commit = try await store.patch(task, #"{"name":"b","status":"done"}"#)
            #expect(commit.seq == 3 && commit.task.version == 2)
            let (updated, moved) = (store.announced[1], store.announced[2])
            #expect(updated.type == .taskUpdated && moved.type == .taskStatusChanged)
            #expect(updated.object["task"] == moved.object["task"])
            #expect(updated.object["changes"] == .object(object(#"{"name":["a","b"]}"#)))
            #expect(moved.object["changes"] == .object(object(#"{"status":["inbox","done"]}"#)))
            #expect(moved.string("previousStatus") == "inbox" && moved.string("newStatus") == "done")
            #expect(updated.string("previousStatus") == nil)
            #expect(updated.int("boardSeq") == 2 && moved.int("boardSeq") == 3)
        },
        StoreContract("a patch of the status alone makes one event and puts the task at the column's end") { store in
            try await store.create(#"{"name":"a","status":"done"}"#)
            let task = try await store.create(#"{"name":"b"}"#)
            try await store.patch(task, #"{"status":"done"}"#)
            #expect(try await store.column("done") == ["a", "b"])
            #expect(store.announced.map(\.type.rawValue).suffix(1) == ["task.status_changed"])
        },
        StoreContract("a version that is not the task's refuses with the current task") { store in
            let task = try await store.create(#"{"name":"a"}"#)
            let current = try await store.patch(task, #"{"name":"b"}"#, ifVersion: 1).task
            let patched = await refusal { try await store.patch(task, #"{"name":"c"}"#, ifVersion: 1) }
            #expect(patched == .versionMismatch(current))
            let deleted = await refusal { try await store.write(.deleteTask(task.id, ifVersion: 1)) }
            #expect(deleted == .versionMismatch(current))
            #expect(store.announced.count == 2)
        },
        StoreContract("a version is demanded in its epoch, or in any") { store in
            let task = try await store.create(#"{"name":"a"}"#)
            #expect(task.epoch == store.store.epoch)
            #expect(try await store.store.task(task.id, for: .ann).epoch == task.epoch)
            let other = ExpectedVersion(1, in: Epoch(rawValue: task.epoch.rawValue ^ 1))
            #expect(
                await refusal { try await store.patch(task, #"{"name":"b"}"#, ifVersion: other) }
                    == .versionMismatch(task))
            #expect(
                await refusal { try await store.write(.deleteTask(task.id, ifVersion: other)) }
                    == .versionMismatch(task))
            let patched = try await store.patch(
                task, #"{"name":"b"}"#, ifVersion: ExpectedVersion(1, in: task.epoch)
            ).task
            #expect(patched.epoch == store.store.epoch)
            let board = try await store.createBoard(#"{"id":"b1"}"#)
            #expect(board.epoch == store.store.epoch)
            #expect(try await store.store.board(board.id, for: .ann).epoch == board.epoch)
            let deleted = await refusal { try await store.write(.deleteBoard(board.id, ifVersion: other)) }
            #expect(deleted == .boardVersionMismatch(board))
            try await store.write(.deleteBoard(board.id, ifVersion: ExpectedVersion(1, in: board.epoch)))
        },
        StoreContract("a deleted task is gone, its number is not used again") { store in
            let task = try await store.create(#"{"name":"a"}"#)
            let commit = try await store.write(.deleteTask(task.id))
            #expect(commit.task == task)
            #expect(store.announced.last?.type == .taskDeleted && store.announced.last?.int("taskId") == task.id)
            #expect(await refusal { try await store.write(.deleteTask(task.id)) } == .notFound(.task(task.id)))
            #expect(await refusal { _ = try await store.store.task(task.id, for: .ann) } == .notFound(.task(task.id)))
            #expect(try await store.create(#"{"name":"b"}"#).id == task.id + 1)
        },
        StoreContract("a status that the board has not is refused") { store in
            let task = try await store.create(#"{"name":"a"}"#)
            for write in [
                { try await store.create(#"{"name":"b","status":"nope"}"#) },
                { try await store.patch(task, #"{"status":"nope"}"#).task },
                { try await store.move(task, to: "nope", after: nil).task },
            ] {
                guard case .invalid(let errors) = await refusal({ _ = try await write() }) else {
                    Issue.record("not refused as invalid")
                    continue
                }
                #expect(errors.map(\.pointer) == ["/status"])
            }
            #expect(store.announced.count == 1)
        },
        StoreContract("unknown and unseen boards are told apart") { store in
            try await store.createBoard(#"{"id":"b1"}"#)
            let task = try await store.create(#"{"name":"a","boardId":"b1"}"#)
            let limited = Principal.ann.seeing("main", "gone")
            let nowhere = await refusal { try await store.create(#"{"name":"a","boardId":"nope"}"#) }
            #expect(nowhere == .notFound(.board(BoardID("nope")!)))
            for command in [
                Command.task(.createTask(try TaskDraft(object(#"{"name":"a","boardId":"b1"}"#)))),
                .task(.updateTask(task.id, try TaskPatch(object(#"{"name":"x"}"#)))),
                .task(.moveTask(task.id, try TaskMove(object(#"{"status":"done"}"#)))),
                .task(.deleteTask(task.id)), .board(.deleteBoard(task.board)),
                .board(.createBoard(try BoardDraft(object(#"{"id":"b2"}"#)))),
                .board(.updateBoard(task.board, try BoardPatch(object(#"{"name":"x"}"#)))),
                .publish(EventType("x.y")!, data: .null, to: .board(task.board)),
            ] {
                #expect(await refusal { try await store.write(command, by: limited) } == .forbidden)
            }
            let gone = await refusal { try await store.create(#"{"name":"a","boardId":"gone"}"#, by: limited) }
            #expect(gone == .notFound(.board(BoardID("gone")!)))
            #expect(store.announced.count == 2)
        },
        StoreContract("tenants number apart and see nothing of each other") { store in
            let mine = try await store.create(#"{"name":"mine"}"#)
            try await store.createBoard(#"{"id":"b1"}"#)
            #expect(await refusal { _ = try await store.store.task(mine.id, for: .eve) } == .notFound(.task(1)))
            #expect(await refusal { try await store.write(.deleteTask(mine.id), by: .eve) } == .notFound(.task(1)))
            #expect(
                await refusal { _ = try await store.store.board(BoardID("b1")!, for: .eve) }
                    == .notFound(.board(BoardID("b1")!)))
            let theirs = try await store.create(#"{"name":"theirs"}"#, by: .eve)
            #expect(theirs.id == 1 && store.announced.last?.seq == 1)
            #expect(try await store.store.snapshot(of: .all, for: .eve).tasks == [theirs])
            #expect(try await store.store.snapshot(of: .all, for: .ann).tasks == [mine])
            #expect(try await store.log(of: .eve).count == 1)
            #expect(try await store.log(of: .ann).allSatisfy { $0.tenant == Principal.ann.tenant })
        },
    ]
}
