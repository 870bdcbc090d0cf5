import Boards
import Events
import StrictJSON
import TestSupport
import Testing

extension StoreContract {
    /// Thousands of random commands beside a model that is too simple to be wrong; a failure names its seed.
    static let models = [1, 20_260_115, 0xB0A2D].map { seed in
        StoreContract("1500 random commands leave what a simple model leaves (seed \(seed))") { store in
            var dice = SplitMix(seed: UInt64(seed))
            var model = Model()
            for step in 0..<1500 {
                let before = store.announced.count
                let (command, expected) = model.next(&dice)
                let happened: [String]
                do {
                    let commit = try await store.write(command, once: nil)
                    happened = store.announced[before...].map(\.type.rawValue)
                    model.learn(commit)
                    #expect(commit.seq == store.announced.count)
                } catch {
                    happened = ["refused"]
                    #expect(store.announced.count == before)
                }
                try #require(happened == expected, "step \(step)")
                store.advance(by: .milliseconds(Int.random(in: 0...3, using: &dice)))
            }
            let snapshot = try await store.store.snapshot(of: .all, for: .ann)
            #expect(model.columns == columns(of: snapshot))

            let log = try await store.log()
            #expect(log.map(\.seq) == Array(1...log.count))
            for (_, events) in Dictionary(grouping: log, by: \.audience) {
                #expect(events.map { $0.int("boardSeq") } == Array(1...events.count))
            }
            let rebuilt = Rebuilt(log)
            #expect(rebuilt.tasks(of: snapshot.tasks.map(\.id)) == snapshot.tasks)
            #expect(rebuilt.tasks.count == snapshot.tasks.count)
            for board in snapshot.boards where rebuilt.boards[board.id.rawValue] != nil {
                var json = JSONWriter()
                board.write(into: &json)
                #expect(try JSONParser.parse(json.bytes) == .object(rebuilt.boards[board.id.rawValue]!))
            }
            #expect(Set(rebuilt.boards.keys).isSubset(of: snapshot.boards.map(\.id.rawValue)))
        }
    }

    private static func columns(of snapshot: BoardSnapshot) -> [String: [Int]] {
        var columns: [String: [Int]] = [:]
        for board in snapshot.boards {
            for status in board.statuses { columns["\(board.id)/\(status)"] = [] }
        }
        for task in snapshot.tasks { columns["\(task.board)/\(task.status)"]!.append(task.id) }
        return columns
    }
}

extension Rebuilt {
    func tasks(of ids: [Int]) -> [BoardTask?] {
        ids.map { id in
            guard let task = tasks[id] else { return nil }
            var json = JSONWriter()
            json.object {
                $0.name("seq")
                $0.int(0)
                $0.name("task")
                $0.value(.object(task))
            }
            return Commit<Written>(bytes: json.bytes)?.subject.task
        }
    }
}

/// What is where: ids in each column, top to bottom. Knows nothing of ranks, rows or numbers.
struct Model {
    private(set) var columns: [String: [Int]] = [:]
    private var names: [Int: String] = [:]
    private var pending: (inout Model, Commit<Written>) -> Void = { _, _ in }
    private static let statuses = ["inbox", "in_progress", "review", "done"]
    private static let boards = ["main", "b1", "b2"]

    init() { add("main") }

    private mutating func add(_ board: String) { for status in Self.statuses { columns["\(board)/\(status)"] = [] } }
    private func has(_ board: String) -> Bool { columns["\(board)/inbox"] != nil }
    private func place(of id: Int) -> String? { columns.first { $0.value.contains(id) }?.key }

    /// A command, and the types of the events that it must make; `refused` for none and an error.
    mutating func next(_ dice: inout SplitMix) -> (Command, [String]) {
        pending = { _, _ in }
        let board = Self.boards.randomElement(using: &dice)!
        let status = Self.statuses.randomElement(using: &dice)!
        let ids = names.keys.sorted()
        let id = Int.random(in: 0..<20, using: &dice) == 0 ? 9999 : ids.randomElement(using: &dice) ?? 9999
        switch Int.random(in: 0..<100, using: &dice) {
        case 0..<35: return create(on: board, status)
        case 35..<60:
            let name = ["a", "b", nil].randomElement(using: &dice)!
            return patch(id, name: name, [status, nil].randomElement(using: &dice)!)
        case 60..<85: return move(id, to: status, &dice)
        case 85..<93: return delete(id)
        case 93..<97: return createBoard(board)
        default: return deleteBoard(board)
        }
    }

    mutating func learn(_ commit: Commit<Written>) { pending(&self, commit) }

    private mutating func create(on board: String, _ status: String) -> (Command, [String]) {
        let json = #"{"name":"n","boardId":"\#(board)","status":"\#(status)"}"#
        pending = { model, commit in
            let id = commit.subject.task!.id
            model.names[id] = "n"
            model.columns["\(board)/\(status)"]!.append(id)
        }
        return (.task(.createTask(try! TaskDraft(object(json)))), has(board) ? ["task.created"] : ["refused"])
    }

    private mutating func patch(_ id: Int, name: String?, _ status: String?) -> (Command, [String]) {
        var json = JSONObject()
        json["name"] = name.map(JSONValue.string)
        json["status"] = status.map(JSONValue.string)
        let command = Command.task(.updateTask(id, try! TaskPatch(json)))
        guard let old = place(of: id) else { return (command, ["refused"]) }
        let isNamed = name != nil && name != names[id]
        let target = status.map { "\(old.split(separator: "/")[0])/\($0)" } ?? old
        pending = { model, _ in
            model.names[id] = name ?? model.names[id]
            guard target != old else { return }
            model.columns[old]!.removeAll { $0 == id }
            model.columns[target]!.append(id)
        }
        return (command, (isNamed ? ["task.updated"] : []) + (target != old ? ["task.status_changed"] : []))
    }

    private mutating func move(_ id: Int, to status: String, _ dice: inout SplitMix) -> (Command, [String]) {
        let old = place(of: id)
        let target = "\(old?.split(separator: "/")[0] ?? "main")/\(status)"
        var others = columns[target] ?? []
        others.removeAll { $0 == id }
        let index = Int.random(in: 0...others.count, using: &dice)
        let after = index == 0 ? "null" : String(others[index - 1])
        let command = Command.task(.moveTask(id, try! TaskMove(object(#"{"status":"\#(status)","after":\#(after)}"#))))
        guard let old else { return (command, ["refused"]) }
        let result = { (column: [Int]) in Array(column[..<index]) + [id] + column[index...] }(others)
        pending = { model, _ in
            model.columns[old]!.removeAll { $0 == id }
            model.columns[target] = result
        }
        if target != old { return (command, ["task.status_changed"]) }
        return (command, columns[target] == result ? [] : ["task.updated"])
    }

    private mutating func delete(_ id: Int) -> (Command, [String]) {
        guard let old = place(of: id) else { return (.task(.deleteTask(id)), ["refused"]) }
        pending = { model, _ in
            model.names[id] = nil
            model.columns[old]!.removeAll { $0 == id }
        }
        return (.task(.deleteTask(id)), ["task.deleted"])
    }

    private mutating func createBoard(_ board: String) -> (Command, [String]) {
        pending = { model, _ in model.add(board) }
        let command = Command.board(.createBoard(try! BoardDraft(object(#"{"id":"\#(board)"}"#))))
        return (command, has(board) ? ["refused"] : ["board.created"])
    }

    private mutating func deleteBoard(_ board: String) -> (Command, [String]) {
        pending = { model, _ in
            for status in Self.statuses {
                for id in model.columns.removeValue(forKey: "\(board)/\(status)")! { model.names[id] = nil }
            }
        }
        let command = Command.board(.deleteBoard(BoardID(board)!))
        return (command, has(board) && board != "main" ? ["board.deleted"] : ["refused"])
    }
}
