import Boards
import Events
import StrictJSON
import Testing

extension StoreContract {
    static let log: [StoreContract] = [
        StoreContract("a log that is empty begins at one") { store in
            let bounds = try await store.store.bounds(of: Principal.ann.tenant)
            #expect(bounds == LogBounds(epochs: Epochs(store.store.epoch), head: 0, oldest: 1))
            let all = Selection(boards: .all)
            for page in [
                try await store.store.page(of: Principal.ann.tenant, after: 0, selection: all, count: 9, bytes: 999),
                try await store.store.page(of: Principal.ann.tenant, after: 7, selection: all, count: 9, bytes: 999),
                try await store.store.newest(of: Principal.ann.tenant, selection: all, count: 9),
                try await store.store.tail(of: Principal.ann.tenant, count: 9, bytes: 999),
            ] {
                #expect(page.events.isEmpty && page.end == 0 && page.bounds == bounds)
            }
        },
        StoreContract("a page ends after so many events, so many bytes, or at the head") { store in
            for index in 1...10 { try await store.create(#"{"name":"\#(index)"}"#) }
            func page(_ after: Int, _ count: Int, _ bytes: Int) async throws -> (events: [Int], end: Int) {
                let page = try await store.store.page(
                    of: Principal.ann.tenant, after: after, selection: Selection(boards: .all), count: count,
                    bytes: bytes)
                return (page.events.map(\.seq), page.end)
            }
            #expect(try await page(0, 3, 1 << 20) == ([1, 2, 3], 3))
            #expect(try await page(3, 100, 1 << 20) == (Array(4...10), 10))
            #expect(try await page(10, 100, 1 << 20) == ([], 10))
            #expect(try await page(4, 100, 1) == ([5], 5))
            let size = store.announced[0].json.count
            #expect(try await page(0, 100, 2 * size) == ([1, 2], 2))
            #expect(try await page(0, 100, 2 * size - 1) == ([1], 1))
        },
        StoreContract("a selection leaves out, and the page still says how far it looked") { store in
            try await store.createBoard(#"{"id":"b1"}"#)
            for index in 0..<6 {
                try await store.create(#"{"name":"a","boardId":"\#(index % 2 == 0 ? "main" : "b1")"}"#)
            }
            let type = EventType("x.y")!
            try await store.write(.publish(type, data: .null, to: .user(Principal.bob.user)))
            try await store.write(.publish(type, data: .null, to: .tenant))
            func seqs(_ selection: Selection) async throws -> [Int] {
                try await store.log(selection: selection).map(\.seq)
            }
            let main = Selection(boards: .only([.main]))
            #expect(try await seqs(main) == [2, 4, 6, 9])
            #expect(try await seqs(Selection(boards: .only([]), user: Principal.bob.user)) == [8, 9])
            #expect(try await seqs(Selection(boards: .all, types: TypeFilter(list: "x.*")!)) == [9])
            #expect(try await seqs(Selection(boards: .all, types: TypeFilter(list: "board.created")!)) == [1])
            let page = try await store.store.page(
                of: Principal.ann.tenant, after: 6, selection: Selection(boards: .only([])), count: 1, bytes: 1 << 20)
            #expect(page.events.map(\.seq) == [9] && page.end == 9)
            let newest = try await store.store.newest(of: Principal.ann.tenant, selection: main, count: 2)
            #expect(newest.events.map(\.seq) == [6, 9] && newest.end == 9)
            let tail = try await store.store.tail(of: Principal.ann.tenant, count: 3, bytes: 1 << 20)
            #expect(tail.events.map(\.seq) == [7, 8, 9] && tail.end == 9)
            let size = tail.events[1].json.count + tail.events[2].json.count
            let short = try await store.store.tail(of: Principal.ann.tenant, count: 3, bytes: size)
            #expect(short.events.map(\.seq) == [8, 9])
        },
        StoreContract("events come out of the log as they were announced") { store in
            try await store.create(#"{"name":"a\u2028\u007f\"\\\n"}"#)
            try await store.write(.publish(EventType("x.y")!, data: .null, to: .user(Principal.ann.user)))
            let log = try await store.log(selection: Selection(boards: .all, user: Principal.ann.user))
            #expect(log.map(\.json) == store.announced.map(\.json))
            #expect(log.map(\.audience) == store.announced.map(\.audience))
            #expect(log.map(\.type) == store.announced.map(\.type))
            #expect(log.map(\.timestamp) == store.announced.map(\.timestamp))
        },
        StoreContract("events beyond the retained count are out of reach", keeping: 10) { store in
            for index in 1...25 { try await store.create(#"{"name":"\#(index)"}"#) }
            let bounds = try await store.store.bounds(of: Principal.ann.tenant)
            #expect(bounds.head == 25 && bounds.oldest == 16)
            let all = Selection(boards: .all)
            let page = try await store.store.page(
                of: Principal.ann.tenant, after: 3, selection: all, count: 100, bytes: 1 << 20)
            #expect(page.events.map(\.seq) == Array(16...25))
            let newest = try await store.store.newest(of: Principal.ann.tenant, selection: all, count: 100)
            #expect(newest.events.map(\.seq) == Array(16...25))
            let tail = try await store.store.tail(of: Principal.ann.tenant, count: 100, bytes: 1 << 20)
            #expect(tail.events.map(\.seq) == Array(16...25))
        },
        StoreContract("32 writers: announced densely in number order, before they are answered") { store in
            try await withThrowingTaskGroup { group in
                for writer in 0..<32 {
                    group.addTask {
                        let author = writer % 4 == 0 ? Principal.eve : .ann
                        for index in 0..<25 {
                            let commit = try await store.write(
                                .createTask(TaskDraft(object(#"{"name":"\#(writer)-\#(index)"}"#))), by: author)
                            let mine = store.announced.filter { $0.tenant == author.tenant }
                            #expect(mine.count >= commit.seq)
                        }
                    }
                }
                try await group.waitForAll()
            }
            for (author, count) in [(Principal.ann, 600), (.eve, 200)] {
                let announced = store.announced.filter { $0.tenant == author.tenant }
                #expect(announced.map(\.seq) == Array(1...count))
                #expect(announced.map { $0.int("boardSeq") } == Array(1...count))
                #expect(try await store.log(of: author).map(\.json) == announced.map(\.json))
            }
        },
        StoreContract("a store that was closed refuses") { store in
            try await store.create(#"{"name":"a"}"#)
            await store.close()
            #expect(await refusal { try await store.create(#"{"name":"b"}"#) } == .failed(.closed))
        },
    ]
}
