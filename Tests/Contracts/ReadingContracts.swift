import Boards
import Events
import Testing

extension StoreContract {
    static let reading: [StoreContract] = [
        StoreContract("tasks come by id, page by page, each once") { store in
            for index in 1...7 { try await store.create(#"{"name":"t\#(index)"}"#) }
            var query = TaskQuery()
            query.limit = 3
            var pages: [[Int]] = []
            repeat {
                let page = try await store.store.tasks(query, for: .ann)
                pages.append(page.items.map(\.id))
                query.after = page.next.flatMap { PageMark($0.description) }
                // A task deleted meanwhile moves nobody to another page.
                if pages.count == 1 { try await store.write(.deleteTask(2)) }
            } while query.after != nil
            #expect(pages == [[1, 2, 3], [4, 5, 6], [7]])
            query.after = nil
            query.limit = 6
            #expect(try await store.store.tasks(query, for: .ann).next == nil)
        },
        StoreContract("tasks are found by board, status, assignee, label and text") { store in
            try await store.createBoard(#"{"id":"b1"}"#)
            try await store.create(#"{"name":"Straße 100%","description":"in the NORTH","labels":["a","b"]}"#)
            try await store.create(#"{"name":"two","status":"done","assigneeId":"bob","labels":["a\"b"]}"#)
            try await store.create(#"{"name":"ÉCOLE","boardId":"b1","assigneeId":"bob","labels":["ab"]}"#)
            func ids(_ narrow: (inout TaskQuery) -> Void) async throws -> [Int] {
                var query = TaskQuery()
                narrow(&query)
                return try await store.store.tasks(query, for: .ann).items.map(\.id)
            }
            #expect(try await ids { _ in } == [1, 2, 3])
            #expect(try await ids { $0.boards = .only([.main]) } == [1, 2])
            #expect(try await ids { $0.boards = .only([.main, BoardID("b1")!]) } == [1, 2, 3])
            #expect(try await ids { $0.status = "done" } == [2])
            #expect(try await ids { $0.assignee = UserID("bob") } == [2, 3])
            #expect(try await ids { $0.assignee = UserID("BOB") } == [])
            #expect(try await ids { $0.label = "a" } == [1])
            #expect(try await ids { $0.label = "a\"b" } == [2])
            #expect(try await ids { $0.text = TextSearch("north") } == [1])
            #expect(try await ids { $0.text = TextSearch("0%") } == [1])
            #expect(try await ids { $0.text = TextSearch("_") } == [])
            #expect(try await ids { $0.text = TextSearch("École") } == [3])
            #expect(try await ids { $0.text = TextSearch("e\u{301}cole") } == [3])
            #expect(try await ids { $0.text = TextSearch("STRASSE") } == [])
            #expect(try await ids { ($0.assignee, $0.status) = (UserID("bob"), "inbox") } == [3])
        },
        StoreContract("tasks of boards that the token is not good for are not found") { store in
            try await store.createBoard(#"{"id":"b1"}"#)
            try await store.create(#"{"name":"a"}"#)
            try await store.create(#"{"name":"b","boardId":"b1"}"#)
            let limited = Principal.ann.seeing("b1", "nope")
            var query = TaskQuery()
            #expect(try await store.store.tasks(query, for: limited).items.map(\.id) == [2])
            #expect(await refusal { _ = try await store.store.task(1, for: limited) } == .forbidden)
            query.boards = .only([.main])
            #expect(await refusal { _ = try await store.store.tasks(query, for: limited) } == .forbidden)
            #expect(await refusal { _ = try await store.store.snapshot(of: query.boards, for: limited) } == .forbidden)
            query.boards = .only([BoardID("nope")!])
            let missing = BoardError.notFound(.board(BoardID("nope")!))
            #expect(await refusal { _ = try await store.store.tasks(query, for: limited) } == missing)
            #expect(await refusal { _ = try await store.store.snapshot(of: query.boards, for: .ann) } == missing)
            let snapshot = try await store.store.snapshot(of: .all, for: limited)
            #expect(snapshot.boards.map(\.id.rawValue) == ["b1"] && snapshot.tasks.map(\.id) == [2])
        },
        StoreContract("a snapshot is in the order of the board, and names its place in the log") { store in
            try await store.createBoard(#"{"id":"b1","statuses":["z","a"]}"#)
            for (name, status) in [("1", "a"), ("2", "z"), ("3", "a"), ("4", "z")] {
                try await store.create(#"{"name":"\#(name)","boardId":"b1","status":"\#(status)"}"#)
            }
            try await store.create(#"{"name":"5","status":"done"}"#)
            let four = try await store.store.task(4, for: .ann)
            try await store.move(four, to: "z", after: nil)
            let snapshot = try await store.store.snapshot(of: .all, for: .ann)
            #expect(snapshot.tasks.map(\.name) == ["4", "2", "1", "3", "5"])
            #expect(snapshot.boards.map(\.id.rawValue) == ["b1", "main"])
            #expect(snapshot.cursor == Cursor(seq: 7, epoch: store.store.epoch))
            let empty = try await store.store.snapshot(of: .all, for: .eve)
            #expect(empty.tasks.isEmpty && empty.boards.map(\.id) == [.main] && empty.cursor.seq == 0)
        },
        StoreContract("the newest tasks of a status come from every board that is seen, with their place in the log") {
            store in
            try await store.createBoard(#"{"id":"b1","statuses":["inbox","done"]}"#)
            for (board, status) in [
                ("main", "inbox"), ("b1", "inbox"), ("main", "done"), ("b1", "inbox"), ("main", "inbox"),
            ] {
                try await store.create(#"{"name":"t","boardId":"\#(board)","status":"\#(status)"}"#)
            }
            func ids(_ status: String, _ count: Int, _ author: Principal = .ann) async throws -> [Int] {
                let newest = try await store.store.newestTasks(
                    in: status, on: author.boards, of: author.tenant, count: count)
                let head = author.tenant == Principal.ann.tenant ? 6 : 0
                #expect(newest.cursor == Cursor(seq: head, epoch: store.store.epoch))
                return newest.tasks.map(\.id)
            }
            #expect(try await ids("inbox", 50) == [5, 4, 2, 1])
            #expect(try await ids("inbox", 3) == [5, 4, 2])
            #expect(try await ids("done", 3) == [3])
            #expect(try await ids("nowhere", 3) == [])
            #expect(try await ids("inbox", 50, .ann.seeing("b1", "nope")) == [4, 2])
            #expect(try await ids("inbox", 50, .eve) == [])
        },
        StoreContract("the boards of a tenant are known by their ids, in nobody's name") { store in
            func ids(_ author: Principal) async throws -> [BoardID] {
                try await store.store.boardIDs(of: author.tenant).sorted()
            }
            #expect(try await ids(.ann) == [.main])
            for id in ["b1", "b2"] { try await store.createBoard(#"{"id":"\#(id)"}"#) }
            try await store.write(.deleteBoard(BoardID("b1")!))
            #expect(try await ids(.ann) == [BoardID("b2")!, .main])
            #expect(try await ids(.eve) == [.main])
        },
        StoreContract("a snapshot and the log after it make the state, whatever is written meanwhile") { store in
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        for index in 0..<40 {
                            let task = try await store.create(#"{"name":"\#(index)"}"#)
                            if index % 3 == 0 { try await store.patch(task, #"{"status":"done"}"#) }
                            if index % 5 == 0 { try await store.write(.deleteTask(task.id)) }
                        }
                    }
                }
                for _ in 0..<30 {
                    let snapshot = try await store.store.snapshot(of: .all, for: .ann)
                    let before = try await store.log().prefix { $0.seq <= snapshot.cursor.seq }
                    #expect(before.count == snapshot.cursor.seq)
                    #expect(Rebuilt(Array(before)).tasks(of: snapshot.tasks.map(\.id)) == snapshot.tasks)
                    #expect(Rebuilt(Array(before)).tasks.count == snapshot.tasks.count)
                }
                try await group.waitForAll()
            }
        },
    ]
}
