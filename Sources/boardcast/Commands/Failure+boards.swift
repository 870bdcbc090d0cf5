import Client
import Text

extension Failure {
    /// Runs `call`, which is about `boards`. Its 404 names them: the server tells nobody which boards there are.
    ///
    /// - Throws: what `call` throws.
    static func naming<Answer>(_ boards: [String], _ call: () async throws -> Answer) async throws -> Answer {
        do { return try await call() } catch let failure as Failure where failure.kind == .notFound && !boards.isEmpty {
            let names = boards.map { "“\($0.printable)”" }.joined(separator: ", ")
            throw Failure(.notFound, "there is no board \(names), or this token may not see it")
        }
    }
}
