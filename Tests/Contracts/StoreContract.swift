public import Testing

/// One thing that every ``Boards/BoardStore`` does. A store's tests run ``all`` of them against it.
public struct StoreContract: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    private let body: @Sendable (TestStore) async throws -> Void
    private let retention: Int

    init(
        _ sentence: String, keeping retention: Int = 100_000,
        _ body: @escaping @Sendable (TestStore) async throws -> Void
    ) {
        testDescription = sentence
        self.retention = retention
        self.body = body
    }

    public static let all = tasks + batches + moves + boards + jobs + publishing + answers + reading + log + models

    /// - Parameter make: makes an empty store.
    public func check(_ make: TestStore.Make) async throws {
        let store = try TestStore(retention: retention, make)
        try await body(store)
        await store.close()
    }
}
