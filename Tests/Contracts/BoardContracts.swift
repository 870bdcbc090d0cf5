import Boards
import Events
import StrictJSON
import Testing

extension StoreContract {
    static let boards: [StoreContract] = [
        StoreContract("main is there before the first write, and the same after it") { store in
            let main = try await store.store.board(.main, for: .ann)
            #expect(main.statuses == ["inbox", "in_progress", "review", "done"] && main.version == 1)
            #expect(try await store.store.boards(for: .ann) == [main])
            store.advance(by: .milliseconds(1000))
            try await store.create(#"{"name":"a"}"#)
            #expect(try await store.store.board(.main, for: .ann) == main)
            #expect(await refusal { try await store.write(.deleteBoard(.main)) } == .conflict(.boardIsPermanent(.main)))
        },
        StoreContract("a board is made, changed and deleted, each with one event") { store in
            let made = try await store.createBoard(#"{"id":"b1","name":"One","statuses":["todo","done"]}"#)
            store.advance(by: .milliseconds(7))
            let patch = try BoardPatch(object(#"{"name":"Two","statuses":["done","todo","later"]}"#))
            let changed = try await store.write(.updateBoard(made.id, patch, ifVersion: 1)).board
            #expect(changed.version == 2 && changed.statuses == ["done", "todo", "later"])
            #expect(changed.updatedAt == store.time && changed.createdAt == made.createdAt)
            #expect(try await store.store.board(made.id, for: .ann) == changed)
            #expect(try await store.write(.updateBoard(made.id, patch)).seq == 2)
            let mismatch = await refusal { try await store.write(.updateBoard(made.id, patch, ifVersion: 1)) }
            #expect(mismatch == .boardVersionMismatch(changed))
            try await store.write(.deleteBoard(made.id))
            #expect(store.announced.map(\.type) == [.boardCreated, .boardUpdated, .boardDeleted])
            #expect(store.announced.map { $0.int("boardSeq") } == [1, 2, 3])
            #expect(
                store.announced[1].object["changes"]
                    == .object(
                        object(#"{"name":["One","Two"],"statuses":[["todo","done"],["done","todo","later"]]}"#)))
            #expect(
                store.announced[0].object.members.map(\.name)
                    == ["type", "seq", "boardId", "boardSeq", "board", "actor", "timestamp"])
            #expect(await refusal { try await store.write(.deleteBoard(made.id)) } == .notFound(.board(made.id)))
        },
        StoreContract("an id that is taken is a conflict") { store in
            try await store.createBoard(#"{"id":"b1"}"#)
            for id in ["b1", "main"] {
                let error = await refusal { try await store.createBoard(#"{"id":"\#(id)"}"#) }
                #expect(error == .conflict(.boardExists(BoardID(id)!)))
            }
        },
        StoreContract("a status that has tasks can't be removed") { store in
            let task = try await store.create(#"{"name":"a","status":"review"}"#)
            let patch = try BoardPatch(object(#"{"statuses":["inbox","done"]}"#))
            let error = await refusal { try await store.write(.updateBoard(.main, patch)) }
            #expect(error == .conflict(.statusesInUse(["review"])))
            try await store.patch(task, #"{"status":"done"}"#)
            #expect(try await store.write(.updateBoard(.main, patch)).board.statuses == ["inbox", "done"])
        },
        StoreContract("a deleted board takes its tasks along; made again it goes on numbering") { store in
            try await store.createBoard(#"{"id":"b1"}"#)
            let kept = try await store.create(#"{"name":"kept"}"#)
            let lost = try await store.create(#"{"name":"lost","boardId":"b1"}"#)
            try await store.write(.deleteBoard(lost.board))
            #expect(store.announced.count == 4)
            #expect(await refusal { _ = try await store.store.task(lost.id, for: .ann) } == .notFound(.task(lost.id)))
            #expect(try await store.store.snapshot(of: .all, for: .ann).tasks == [kept])
            try await store.createBoard(#"{"id":"b1"}"#)
            #expect(store.announced.last?.int("boardSeq") == 4)
            #expect(try await store.create(#"{"name":"new","boardId":"b1"}"#).id == lost.id + 1)
        },
        StoreContract("boards are listed by id, as far as the token is good for them") { store in
            for id in ["z", "a", "m-1"] { try await store.createBoard(#"{"id":"\#(id)"}"#) }
            #expect(try await store.store.boards(for: .ann).map(\.id.rawValue) == ["a", "m-1", "main", "z"])
            let limited = Principal.ann.seeing("z", "main", "nope")
            #expect(try await store.store.boards(for: limited).map(\.id.rawValue) == ["main", "z"])
            #expect(await refusal { _ = try await store.store.board(BoardID("a")!, for: limited) } == .forbidden)
            #expect(
                await refusal { _ = try await store.store.board(BoardID("nope")!, for: limited) }
                    == .notFound(.board(BoardID("nope")!)))
        },
    ]

    static let publishing: [StoreContract] = [
        StoreContract("a published event goes to a board, a user or everyone") { store in
            let data = JSONValue.object(object(#"{"n":1.50,"s":"\u0000\n"}"#))
            let type = try #require(EventType("deploy.done"))
            for audience in [Audience.board(.main), .user(Principal.bob.user), .tenant] {
                try await store.write(.publish(type, data: data, to: audience))
            }
            #expect(store.announced.map(\.audience) == [.board(.main), .user(Principal.bob.user), .tenant])
            let end = #""data":{"n":1.50,"s":"\u0000\n"},"actor":"ann","timestamp":"2026-01-15T10:30:00.000Z"}"#
            let texts = [
                #"{"type":"deploy.done","seq":1,"boardId":"main","boardSeq":1,"# + end,
                #"{"type":"deploy.done","seq":2,"userId":"bob","# + end,
                #"{"type":"deploy.done","seq":3,"# + end,
            ]
            #expect(store.announced.map(\.text) == texts)
            #expect(try await store.log().map(\.text) == [texts[0], texts[2]])
        },
        StoreContract("nobody publishes in the server's families, nor to a board that is not there") { store in
            for type in ["task.created", "board.x", "stream.resync", "presence.state"] {
                let command = Command.publish(EventType(type)!, data: .null, to: .tenant)
                guard case .invalid(let errors) = await refusal({ try await store.write(command) }) else {
                    Issue.record("\(type) was not refused")
                    continue
                }
                #expect(errors.map(\.pointer) == ["/type"])
            }
            let nowhere = BoardID("nope")!
            let command = Command.publish(EventType("x.y")!, data: .null, to: .board(nowhere))
            #expect(await refusal { try await store.write(command) } == .notFound(.board(nowhere)))
            let bounds = try await store.store.bounds(of: Principal.ann.tenant)
            #expect(bounds.head == 0)
        },
    ]
}
