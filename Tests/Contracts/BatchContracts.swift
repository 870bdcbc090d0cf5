import Boards
import Events
import StrictJSON
import Testing

extension StoreContract {
    static let batches: [StoreContract] = [
        StoreContract("tasks made at once stand in their order, each announced") { store in
            let drafts = try ["a", "b", "c"].map { try TaskDraft(object(#"{"name":"\#($0)"}"#)) }
            let commit = try await store.write(.createTasks(drafts), once: IdempotencyKey("k", fingerprint: [1]))
            #expect(try await store.column("inbox") == ["a", "b", "c"])
            #expect(store.announced.map(\.seq) == [1, 2, 3] && commit.seq == 3)
            #expect(store.announced.allSatisfy { $0.type == .taskCreated && $0.string("op") == "k" })
            let again = try await store.write(.createTasks(drafts), once: IdempotencyKey("k", fingerprint: [1]))
            #expect(again.seq == commit.seq && store.announced.count == 3)
        },
        StoreContract("of tasks made at once, one that can't be leaves none") { store in
            let drafts = try ["inbox", "nowhere"].map { try TaskDraft(object(#"{"name":"a","status":"\#($0)"}"#)) }
            #expect(await refusal { try await store.write(.createTasks(drafts)) } != nil)
            #expect(try await store.column("inbox") == [] && store.announced.isEmpty)
            #expect(try await store.create(#"{"name":"first"}"#).id == 1)
        },
    ]
}
