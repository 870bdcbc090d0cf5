import CommandLineTools
import Glibc
import NIOHTTP1
import StrictJSON
import UnixSignals

/// An import on a server, from the upload to its job's end; a signal cancels it.
actor Importing {
    struct Job: Sendable {
        let json: String
        let report: ImportReport
    }

    private let remote: Remote
    private let board: String
    private let file: ImportFile
    private let key: String
    private let showsProgress = isatty(STDERR_FILENO) == 1
    private var id: String?

    /// How long a server may be away, as when it restarts, before the command gives up.
    private static let patience = Duration.seconds(30)

    init(remote: Remote, board: String, file: ImportFile, key: String) {
        (self.remote, self.board, self.file, self.key) = (remote, board, file, key)
    }

    /// The job as it ended.
    ///
    /// - Throws: ``Failure``; interrupted when a signal came.
    func run() async throws -> Job {
        try await withThrowingTaskGroup(of: Job.self) { group in
            group.addTask { try await self.follow() }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
                try Task.checkCancellation()
                throw await self.interrupted()
            }
            defer { group.cancelAll() }
            guard let job = try await group.next() else { throw CancellationError() }
            return job
        }
    }

    private func follow() async throws -> Job {
        let headers: HTTPHeaders = ["Content-Type": file.mediaType, "Idempotency-Key": key]
        let answer = try await remote.post("/api/import", query: [("board", board)], headers: headers, file.bytes)
        var job = try Self.job((try? JSONParser.parse(answer))?.object?["job"])
        id = job.report.id
        if job.report.isFinal, job.report.exit == .ok { StandardError.say("this file was imported before") }
        while !job.report.isFinal {
            show(job.report.bar)
            try await Task.sleep(for: .milliseconds(250))
            job = try await latest(job.report.id)
        }
        if showsProgress { show("") }
        return job
    }

    private func latest(_ id: String) async throws -> Job {
        let start = ContinuousClock.now
        while true {
            do throws(Failure) {
                let bytes = try await remote.get("/api/jobs/\(id)")
                return try Self.job(try? JSONParser.parse(bytes))
            } catch {
                guard error.exit == .unreachable, ContinuousClock.now - start < Self.patience else { throw error }
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Cancels what has begun.
    private func interrupted() async -> Failure {
        guard let id else { return Failure(.interrupted, "interrupted before the import began") }
        do throws(Failure) {
            _ = try await remote.post("/api/jobs/\(id)/cancel")
            return Failure(.interrupted, "the import is cancelled; the tasks made so far stay")
        } catch {
            return Failure(.interrupted, "interrupted, but the import goes on: \(error)")
        }
    }

    /// Takes the place of what was shown before.
    private func show(_ line: String) {
        guard showsProgress else { return }
        let bytes = Array("\r\u{1B}[K\(line)".utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
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
