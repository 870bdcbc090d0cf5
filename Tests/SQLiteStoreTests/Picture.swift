import Boards
import Contracts
import Events
import StrictJSON

@testable import SQLiteStore

/// All that a store tells of some tenants, each answer under a name; one that it refused is nil.
struct Picture {
    /// As text, byte by byte what a client gets.
    let answers: [String: String?]

    init(of store: SQLiteBoardStore, for authors: [Principal], tasks: Int) async throws {
        var answers: [String: String?] = [:]
        func ask(_ name: String, _ body: () async throws -> String) async throws {
            do { answers[name] = try await body() } catch {
                // What is not there is an answer too.
                let isFailure = error is StoreFailure || (error as? BoardError)?.failure != nil
                answers.updateValue(isFailure ? nil : "\(error)", forKey: name)
            }
        }
        for author in authors {
            let tenant = author.tenant
            let selection = Selection(boards: .all)
            try await ask("\(tenant) boards") { text(try await store.boards(for: author)) { $1.write(into: &$0) } }
            try await ask("\(tenant) board main") {
                text([try await store.board(.main, for: author)]) { $1.write(into: &$0) }
            }
            try await ask("\(tenant) snapshot") {
                text(try await store.snapshot(of: .all, for: author).tasks) { $1.write(into: &$0) }
            }
            for id in 1...tasks {
                try await ask("\(tenant) task \(id)") {
                    text([try await store.task(id, for: author)]) { $1.write(into: &$0) }
                }
            }
            try await ask("\(tenant) tasks") {
                let query = TaskQuery()
                return text(try await store.tasks(query, for: author).items) { $1.write(into: &$0) }
            }
            try await ask("\(tenant) jobs") {
                text(try await store.jobs(JobQuery(), for: author).items) { $1.write(into: &$0) }
            }
            try await ask("\(tenant) newest") {
                let page = try await store.newest(of: tenant, selection: selection, count: 1000)
                return "\(page.bounds.text) \(page.events.map(\.placed))"
            }
            var events: [String] = []
            var end = 0
            try await ask("\(tenant) log") {
                while true {
                    let page = try await store.page(
                        of: tenant, after: end, selection: selection, count: 10, bytes: 1 << 20)
                    // Nobody is taken past an event that can't be read: whoever stands before it is answered with a resync.
                    guard page.bounds.oldest <= end + 1 else { throw StoreFailure.broken("a hole") }
                    events += page.events.map(\.placed)
                    guard page.end < page.bounds.head else { return "\(page.bounds.text) \(events)" }
                    end = page.end
                }
            }
            try await ask("\(tenant) audit") {
                text(try await store.audit(of: tenant, before: nil, count: 1000)) { $1.write(into: &$0) }
            }
            try await ask("\(tenant) revocations") {
                text(try await store.revocations(of: tenant, before: nil, count: 1000)) { $1.write(into: &$0) }
            }
        }
        self.answers = answers
    }

    /// The names of what is answered, and otherwise than in `truth`.
    func lies(against truth: Picture) -> [String] {
        answers.compactMap { name, answer in
            guard let answer else { return nil }
            return truth.answers[name] == answer ? nil : name
        }
    }

    var refused: Int { answers.values.count { $0 == nil } }
}

private func text<Item>(_ items: [Item], _ write: (inout JSONWriter, Item) -> Void) -> String {
    var json = JSONWriter()
    json.array(items, write)
    return String(decoding: json.bytes, as: UTF8.self)
}

extension LogBounds {
    fileprivate var text: String { "\(oldest) to \(cursor)" }
}

extension Event {
    fileprivate var placed: String { "\(cursor) \(text)" }
}
