import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import StrictJSON
import Synchronization

/// What came of a stream in a limited time.
struct StreamSample: Sendable {
    /// Of the answer; nil when it has not begun.
    var status: Int?
    var contentType = ""
    var contentEncoding = ""
    /// From the request to the head of the answer, and to the first event.
    var head: Duration?
    var first: Duration?
    /// From the request to the first heartbeat.
    var heartbeat: Duration?
    var events: [(object: JSONObject, id: String)] = []
    /// Why the stream ended, if it did.
    var problem: String?

    func event(_ type: String) -> JSONObject? { events.first { $0.object["type"]?.string == type }?.object }

    /// Follows a stream until `isEnough`, at most for `patience`, and 1000 events.
    static func take(
        of client: GatewayClient, lastEventID: String? = nil, within patience: Duration,
        into box: Box = Box(), until isEnough: @escaping @Sendable (StreamSample) -> Bool
    ) async -> StreamSample {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await follow(client, lastEventID, box, isEnough) } catch {
                    let words = (error as? Failure)?.message ?? NetworkProblem.words(for: error)
                    box.sample.withLock { $0.problem = words }
                }
            }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
        return box.sample.withLock { $0 }
    }

    /// Holds a sample while it is taken.
    final class Box: Sendable {
        let sample = Mutex(StreamSample())
    }

    private static func follow(
        _ client: GatewayClient, _ lastEventID: String?, _ box: Box,
        _ isEnough: @Sendable (StreamSample) -> Bool
    ) async throws {
        let start = ContinuousClock.now
        var headers: HTTPHeaders = ["Accept": "text/event-stream"]
        if let lastEventID { headers.add(name: "Last-Event-ID", value: lastEventID) }
        let response = try await client.stream("/sse/connect", query: [], headers: headers)
        box.sample.withLock {
            $0.head = .now - start
            $0.status = Int(response.status.code)
            $0.contentType = response.headers.first(name: "content-type") ?? ""
            $0.contentEncoding = response.headers.first(name: "content-encoding") ?? ""
        }
        guard response.status == .ok else { throw await Refusal(response).failure }
        var parser = EventStreamParser()
        for try await chunk in response.body {
            let bytes = Array(buffer: chunk)
            let items = try parser.read(bytes)
            let isDone = box.sample.withLock { sample in
                if sample.heartbeat == nil, String(decoding: bytes, as: UTF8.self).contains(":heartbeat") {
                    sample.heartbeat = .now - start
                }
                for case .event(let event) in items {
                    if sample.first == nil { sample.first = .now - start }
                    if let object = try? JSONParser.parse(Array(event.data.utf8)).object, sample.events.count < 1000 {
                        sample.events.append((object, event.lastEventID))
                    }
                }
                return isEnough(sample)
            }
            if isDone { return }
        }
        throw Failure(.unreachable, "the stream has ended")
    }
}
