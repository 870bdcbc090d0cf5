import NIOHTTP1
import StrictJSON

/// An import on a gateway, from the upload of a file to the end of its job.
public actor RemoteImport {
    /// The state of the import.
    public struct Job: Sendable {
        /// The job's JSON, as the server sent it.
        public let json: String
        /// The same job, as text for people.
        public let report: ImportReport
        /// Whether the file had been imported before, so that nothing was imported now.
        public internal(set) var isRepeated = false
    }

    private let client: GatewayClient
    private let board: String
    private let file: ImportFile
    private let addsLists: Bool
    private let encoding: String?
    private let key: String
    private var id: String?

    /// How long a server may be unreachable, for a restart for example, before the client gives up.
    private static let patience = Duration.seconds(30)

    /// - Parameters:
    ///   - board: the board to which the tasks are added.
    ///   - addsLists: whether the file's lists become columns, those that the board lacks; for admins.
    ///   - encoding: the name of that which the file's text is in; nil for what the gateway finds by looking.
    ///   - key: the `Idempotency-Key`: the gateway imports a file only once under the same key.
    public init(
        _ file: ImportFile, to board: String, addsLists: Bool = false, encoding: String? = nil,
        on client: GatewayClient, key: String
    ) {
        (self.client, self.board, self.file, self.key) = (client, board, file, key)
        (self.addsLists, self.encoding) = (addsLists, encoding)
    }

    /// Uploads the file, and returns the job as it ended.
    ///
    /// - Parameter show: takes every report before the last one.
    /// - Throws: ``Failure``; `CancellationError` when the task is cancelled, and then the import continues.
    public func run(show: @Sendable (ImportReport) -> Void) async throws -> Job {
        let type = file.mediaType + (encoding.map { "; charset=\($0)" } ?? "")
        let headers: HTTPHeaders = ["Content-Type": type, "Idempotency-Key": key]
        let answer = try await client.upload(
            file.bytes, to: "/api/import", query: [("board", board)] + (addsLists ? [("lists", "create")] : []),
            headers: headers)
        var job = try Self.job((try? JSONParser.parse(answer))?.object?["job"])
        id = job.report.id
        job.isRepeated = job.report.isFinal && job.report.failure == nil
        while !job.report.isFinal {
            show(job.report)
            try await Task.sleep(for: .milliseconds(250))
            job = try await latest(job.report.id)
        }
        return job
    }

    /// Cancels the import, if it has begun; the tasks made so far stay.
    ///
    /// - Returns: whether it had begun.
    /// - Throws: ``Failure``, and then the import goes on.
    public func cancel() async throws(Failure) -> Bool {
        guard let id else { return false }
        _ = try await client.post("/api/jobs/\(id)/cancel")
        return true
    }

    private func latest(_ id: String) async throws -> Job {
        let start = ContinuousClock.now
        while true {
            do throws(Failure) {
                let bytes = try await client.get("/api/jobs/\(id)")
                return try Self.job(try? JSONParser.parse(bytes))
            } catch {
                guard error.kind == .unreachable, ContinuousClock.now - start < Self.patience else { throw error }
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private static func job(_ value: JSONValue?) throws(Failure) -> Job {
        guard let object = value?.object, let report = ImportReport(object) else {
            throw Failure(.unreachable, "the answer is no job")
        }
        var json = JSONWriter()
        json.value(.object(object))
        return Job(json: String(decoding: json.bytes, as: UTF8.self), report: report)
    }
}
