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
                        object(
                            #"""
                            {"name":["One","Two"],"statuses":[["todo","done"],["done","todo","later"]],"columns":[
                             [{"id":"todo","name":"Todo","limit":null},{"id":"done","name":"Done","limit":null}],
                             [{"id":"done","name":"Done","limit":null},{"id":"todo","name":"Todo","limit":null},
                              {"id":"later","name":"Later","limit":null}]]}
                            """#)))
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
        StoreContract("columns have names in any script, and limits; a write that knows statuses alone keeps them") {
            store in
            let made = try await store.createBoard(
                #"{"id":"b1","columns":[{"name":"購物"},{"id":"doing","name":"In Arbeit","limit":3},{"name":"Done!"}]}"#)
            #expect(
                made.columns == [
                    StatusColumn(id: "column", name: "購物"), StatusColumn(id: "doing", name: "In Arbeit", limit: 3),
                    StatusColumn(id: "done", name: "Done!"),
                ])
            #expect(try await store.store.board(made.id, for: .ann) == made)
            let statuses = try await store.patch(made.id, #"{"statuses":["done","column","later_on"]}"#)
            #expect(
                statuses.columns == [
                    StatusColumn(id: "done", name: "Done!"), StatusColumn(id: "column", name: "購物"),
                    StatusColumn(id: "later_on", name: "Later on"),
                ])
            let event = try #require(store.announced.last?.object["board"]?.object)
            #expect(event["statuses"]?.array?.compactMap(\.string) == statuses.statuses)
            #expect(event["columns"]?.array?.count == 3)
        },
        StoreContract("a column is renamed, limited, moved and taken away by its id, or found by its name") { store in
            var board = try await store.createBoard(#"{"id":"b1","columns":[{"name":"A"},{"name":"B"}]}"#)
            board = try await store.patch(board.id, #"{"columns":[{"id":"b","name":"C"},{"name":"A","limit":2}]}"#)
            #expect(board.columns == [StatusColumn(id: "b", name: "C"), StatusColumn(id: "a", name: "A", limit: 2)])
            // What is not said stays.
            board = try await store.patch(board.id, #"{"columns":[{"id":"a"},{"id":"b","limit":1}]}"#)
            #expect(
                board.columns == [
                    StatusColumn(id: "a", name: "A", limit: 2), StatusColumn(id: "b", name: "C", limit: 1),
                ])
            // A new column never gets the id, and so the tasks, of another.
            board = try await store.patch(
                board.id, #"{"columns":[{"id":"a","name":"X","limit":null},{"id":"b"},{"name":"A"}]}"#)
            #expect(board.columns[0] == StatusColumn(id: "a", name: "X"))
            #expect(board.columns[2] == StatusColumn(id: "a-2", name: "A"))
            let count = store.announced.count
            _ = try await store.patch(board.id, #"{"columns":[{"id":"a"},{"id":"b"},{"name":"A"}]}"#)
            #expect(store.announced.count == count, "nothing changed")
            let limit = try await store.patch(board.id, #"{"columns":[{"id":"a"},{"id":"b"},{"id":"a-2","limit":7}]}"#)
            #expect(limit.version == board.version + 1)
            let changes = store.announced.last?.object["changes"]?.object
            #expect(changes?.members.map(\.name) == ["columns"])
        },
        StoreContract("a column that has tasks can't be removed, whichever way it is left out") { store in
            try await store.createBoard(#"{"id":"b1","columns":[{"name":"A"},{"name":"B"}]}"#)
            try await store.create(#"{"name":"a","boardId":"b1","status":"b"}"#)
            for json in [
                #"{"columns":[{"id":"a"}]}"#, #"{"statuses":["a"]}"#, #"{"columns":[{"id":"a"},{"name":"C"}]}"#,
            ] {
                let error = await refusal { try await store.patch(BoardID("b1")!, json) }
                #expect(error == .conflict(.statusesInUse(["b"])))
            }
            // A limit is for people to see.
            try await store.patch(BoardID("b1")!, #"{"columns":[{"id":"a"},{"id":"b","limit":1}]}"#)
            try await store.create(#"{"name":"a","boardId":"b1","status":"b"}"#)
        },
        StoreContract("of a board that is written back what was changed counts, statuses or columns") { store in
            let board = try await store.createBoard(#"{"id":"b1","columns":[{"name":"Ä"},{"name":"B","limit":4}]}"#)
            var json = JSONWriter()
            board.write(into: &json)
            let record = String(decoding: json.bytes, as: UTF8.self)
            #expect(try await store.patch(board.id, record) == board)
            let old = record.replacing(#""statuses":["column","b"]"#, with: #""statuses":["b","c"]"#)
            let byStatuses = try await store.patch(board.id, old)
            #expect(
                byStatuses.columns == [StatusColumn(id: "b", name: "B", limit: 4), StatusColumn(id: "c", name: "C")])
            let both = #"{"statuses":["b","c"],"columns":[{"id":"c"},{"id":"b"},{"name":"D"}]}"#
            #expect(try await store.patch(board.id, both).statuses == ["c", "b", "d"])
            let disagreement = await refusal {
                try await store.patch(board.id, #"{"statuses":["x"],"columns":[{"id":"y"}]}"#)
            }
            guard case .invalid(let errors) = disagreement else { Issue.record("taken"); return }
            #expect(errors.map(\.pointer) == ["/columns"])
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

extension TestStore {
    @discardableResult
    fileprivate func patch(_ board: BoardID, _ json: String) async throws -> Board {
        try await write(.updateBoard(board, BoardPatch(object(json)))).board
    }
}
