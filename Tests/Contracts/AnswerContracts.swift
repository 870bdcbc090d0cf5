import Boards
import Events
import Testing

extension StoreContract {
    static let answers: [StoreContract] = [
        StoreContract("the same key again gives the first answer and does nothing") { store in
            let key = IdempotencyKey("k", fingerprint: [1, 2])
            let task = try await store.create(#"{"name":"é","labels":["ü"],"assigneeId":"bob"}"#, once: key)
            try await store.patch(task, #"{"name":"b"}"#)
            #expect(try await store.create(#"{"name":"é"}"#, once: key) == task)
            #expect(store.announced.count == 2 && store.announced[0].string("op") == "k")

            let move = TaskCommand.moveTask(task.id, try TaskMove(object(#"{"status":"done"}"#)))
            let first = try await store.write(move, once: IdempotencyKey("m", fingerprint: [3]))
            try await store.patch(task, #"{"status":"inbox"}"#)
            #expect(try await store.write(move, once: IdempotencyKey("m", fingerprint: [3])) == first)
            let gone = try await store.write(.deleteTask(task.id), once: IdempotencyKey("d", fingerprint: [4]))
            #expect(
                try await store.write(.deleteTask(task.id), once: IdempotencyKey("d", fingerprint: [4])) == gone)
            #expect(store.announced.count == 5)
        },
        StoreContract("another write under the same key is refused") { store in
            try await store.create(#"{"name":"a"}"#, once: IdempotencyKey("k", fingerprint: [1]))
            let error = await refusal {
                try await store.create(#"{"name":"b"}"#, once: IdempotencyKey("k", fingerprint: [2]))
            }
            #expect(error == .keyReused && store.announced.count == 1)
        },
        StoreContract("an answer that was kept under an earlier digest of the same write is given again") { store in
            let task = try await store.create(#"{"name":"a"}"#, once: IdempotencyKey("k", fingerprint: [1]))
            let same = IdempotencyKey("k", fingerprint: [2], earlierFingerprint: [1])
            #expect(try await store.create(#"{"name":"a"}"#, once: same) == task)
            let error = await refusal {
                let other = IdempotencyKey("k", fingerprint: [2], earlierFingerprint: [3])
                try await store.create(#"{"name":"a"}"#, once: other)
            }
            #expect(error == .keyReused && store.announced.count == 1)
        },
        StoreContract("keys of other users and tenants are other keys") { store in
            for author in [Principal.ann, .bob, .eve] {
                try await store.create(#"{"name":"a"}"#, by: author, once: IdempotencyKey("k", fingerprint: [1]))
            }
            #expect(store.announced.count == 3)
        },
        StoreContract("a refusal is not kept; neither is an answer for more than a day") { store in
            let key = IdempotencyKey("k", fingerprint: [1])
            _ = await refusal { try await store.create(#"{"name":"a","status":"nope"}"#, once: key) }
            try await store.create(#"{"name":"a"}"#, once: key)
            store.advance(by: .milliseconds(86_399_999))
            try await store.create(#"{"name":"a"}"#, once: key)
            #expect(store.announced.count == 1)
            store.advance(by: .milliseconds(1))
            try await store.create(#"{"name":"b"}"#, once: IdempotencyKey("k", fingerprint: [2]))
            #expect(store.announced.count == 2)
        },
        StoreContract("an answer is given again while the clock on the wall is ten years ahead, and afterwards") {
            store in
            let key = IdempotencyKey("k", fingerprint: [1])
            let task = try await store.create(#"{"name":"a"}"#, once: key)
            for step in [3650, -3650, -1, 1] {
                store.set(by: .seconds(step * 86_400))
                store.advance(by: .seconds(120))
                #expect(try await store.create(#"{"name":"a"}"#, once: key) == task)
            }
            #expect(store.announced.count == 1)
            store.advance(by: IdempotencyKey.lifetime)
            #expect(try await store.create(#"{"name":"a"}"#, once: key).id == 2)
        },
        StoreContract("a write that changed nothing answers the same again") { store in
            let task = try await store.create(#"{"name":"a"}"#)
            let patch = TaskCommand.updateTask(task.id, try TaskPatch(object("{}")))
            let first = try await store.write(patch, once: IdempotencyKey("k", fingerprint: [1]))
            try await store.patch(task, #"{"name":"b"}"#)
            #expect(try await store.write(patch, once: IdempotencyKey("k", fingerprint: [1])) == first)
            #expect(first.seq == 1 && store.announced.count == 2)
        },
        StoreContract("32 who send the same key at once make one task") { store in
            let tasks = try await withThrowingTaskGroup(of: BoardTask.self) { group in
                for _ in 0..<32 {
                    group.addTask {
                        try await store.create(#"{"name":"a"}"#, once: IdempotencyKey("k", fingerprint: [1]))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(tasks.map(\.id)) == [1] && store.announced.count == 1)
        },
    ]
}
