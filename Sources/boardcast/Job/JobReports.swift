import AsyncHTTPClient
import CommandLineTools
import NIOCore
import NIOHTTP1
import StrictJSON

/// One job's calls.
struct JobReports: Sendable {
    private let remote: Remote
    let id: String

    enum Outcome: Sendable {
        case taken
        /// The job is over, or not there; nothing that is reported will be taken.
        case over(String)
        /// Worth trying again.
        case failed(String)
    }

    /// Makes the job.
    ///
    /// - Throws: ``Failure`` by the server's refusal, or unreachable.
    static func make(_ name: String, board: String?, on remote: Remote) async throws(Failure) -> JobReports {
        var json = JSONWriter()
        json.object {
            $0.name("name"); $0.string(name)
            if let board {
                $0.name("boardId"); $0.string(board)
            }
        }
        let answer: JSONValue?
        do {
            let response = try await remote.call(.POST, "/api/jobs", json: json.bytes)
            guard response.status == .accepted else { throw await Refusal(response).failure }
            answer = try? JSONParser.parse(Array(buffer: try await response.body.collect(upTo: 1 << 20)))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.unreachable, "can't reach \(remote.server): \(Remote.words(for: error))")
        }
        guard let id = answer?.object?["job"]?.object?["id"]?.string else {
            throw Failure(.unreachable, "\(remote.server) is no Boardcast server")
        }
        return JobReports(remote: remote, id: id)
    }

    func begin() async -> Outcome {
        await send {
            $0.name("status"); $0.string("processing")
        }
    }

    /// - Parameter progress: nil to show only that we are there.
    func report(_ progress: WorkerState.Progress?) async -> Outcome {
        await send {
            guard let progress else { return }
            $0.name("progress"); $0.int(progress.percent)
            if let message = progress.message {
                $0.name("message"); $0.string(message)
            }
        }
    }

    func complete() async -> Outcome {
        await send {
            $0.name("status"); $0.string("completed")
        }
    }

    func fail(_ error: String, exitCode: Int32?) async -> Outcome {
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

    func cancel() async -> Outcome { await outcome { try await remote.call(.POST, "/api/jobs/\(id)/cancel") } }

    private func send(_ members: (inout JSONWriter) -> Void) async -> Outcome {
        var json = JSONWriter()
        json.object(members)
        let bytes = json.bytes
        return await outcome { try await remote.call(.PATCH, "/api/jobs/\(id)", json: bytes) }
    }

    private func outcome(_ call: () async throws -> HTTPClientResponse) async -> Outcome {
        do {
            let response = try await call()
            if response.status == .ok {
                _ = try await response.body.collect(upTo: 1 << 20)
                return .taken
            }
            let refusal = await Refusal(response)
            return [404, 409].contains(refusal.status) ? .over(refusal.detail) : .failed(refusal.detail)
        } catch let failure as Failure {
            return .failed(failure.message)
        } catch {
            return .failed(Remote.words(for: error))
        }
    }
}
