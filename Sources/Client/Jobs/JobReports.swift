import StrictJSON

/// The reports of one job to its gateway.
public struct JobReports: Sendable {
    private let client: GatewayClient
    /// The job's id.
    public let id: String

    /// The outcome of a report.
    public enum Outcome: Sendable {
        case taken
        /// The job has ended or does not exist: no further report will be accepted.
        case over(String)
        /// The report failed, but may succeed when it is sent again.
        case failed(String)
    }

    /// Creates a job that is to be reported on.
    ///
    /// - Parameter board: the board whose readers get the job's events; nil for its owner only.
    /// - Throws: ``Failure`` by the server's refusal, or unreachable.
    public static func make(
        _ name: String, board: String?, on client: GatewayClient
    ) async throws(Failure) -> JobReports {
        var json = JSONWriter()
        json.object {
            $0.name("name"); $0.string(name)
            if let board {
                $0.name("boardId"); $0.string(board)
            }
        }
        let answer = try await client.post("/api/jobs", json: json.bytes)
        guard let id = (try? JSONParser.parse(answer))?.object?["job"]?.object?["id"]?.string else {
            throw Failure(.unreachable, "\(client.server) is no Boardcast server")
        }
        return JobReports(client: client, id: id)
    }

    /// Reports that the work has begun.
    public func begin() async -> Outcome {
        await send {
            $0.name("status"); $0.string("processing")
        }
    }

    /// Reports the progress; nil only shows that the worker is alive.
    public func report(_ progress: JobProgress?) async -> Outcome {
        await send {
            guard let progress else { return }
            $0.name("progress"); $0.int(progress.percent)
            if let message = progress.message {
                $0.name("message"); $0.string(message)
            }
        }
    }

    /// Reports that all is done.
    public func complete() async -> Outcome {
        await send {
            $0.name("status"); $0.string("completed")
        }
    }

    /// Reports that it failed, and why.
    public func fail(_ error: String, exitCode: Int32?) async -> Outcome {
        await send {
            $0.name("status"); $0.string("failed")
            $0.name("error"); $0.string(error)
            if let exitCode {
                $0.name("details");
                $0.object {
                    $0.name("exitCode"); $0.int(Int(exitCode))
                }
            }
        }
    }

    /// Cancels the job.
    public func cancel() async -> Outcome {
        await outcome { () async throws(Failure) in try await client.post("/api/jobs/\(id)/cancel") }
    }

    private func send(_ members: (inout JSONWriter) -> Void) async -> Outcome {
        var json = JSONWriter()
        json.object(members)
        let bytes = json.bytes
        return await outcome { () async throws(Failure) in try await client.patch("/api/jobs/\(id)", json: bytes) }
    }

    private func outcome(_ call: () async throws(Failure) -> [UInt8]) async -> Outcome {
        do throws(Failure) {
            _ = try await call()
            return .taken
        } catch {
            switch error.kind {
            case .notFound, .conflict: return .over(error.message)
            default: return .failed(error.message)
            }
        }
    }
}
