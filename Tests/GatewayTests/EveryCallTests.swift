import Events
import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import Rooms
import Synchronization
import Testing

@testable import Gateway

/// What the list of calls says of each of them, held against what the gateway does.
@Suite struct EveryCallTests {
    @Test func `every call has a sample, and every sample a call`() {
        let names = EveryCall.list.all.map(\.name)
        let samples = Array(EveryCall.samples.keys) + Array(EveryCall.open.keys) + Array(EveryCall.streams.keys)
        #expect(names.sorted() == samples.sorted())
        for call in EveryCall.list.all {
            let found =
                call.isForTenants
                ? EveryCall.samples[call.name]?.first
                : call.isRouted ? EveryCall.open[call.name] : EveryCall.streams[call.name]
            #expect(found != nil, "\(call.name)")
        }
    }

    @Test(arguments: EveryCall.list.all.indices)
    func `a description is complete`(index: Int) throws {
        let call = EveryCall.list.all[index]
        #expect(try #/[a-z0-9]+(\.[a-z0-9]+)*/#.wholeMatch(in: call.name) != nil)
        #expect(call.summary.last == "." && call.summary.first?.isUppercase == true, "\(call.name)")
        #expect((call.path.parameterName == nil) == (call.parameter == nil), "\(call.name)")
        #expect(!call.answers.isEmpty)
        let sample =
            EveryCall.samples[call.name]?.first ?? EveryCall.open[call.name] ?? EveryCall.streams[call.name]
        #expect(call.answers.contains { $0.status.code == sample?.status }, "\(call.name)")
        #expect(Set((call.query ?? []).map(\.name)).count == (call.query ?? []).count)
    }

    @Test(arguments: EveryCall.all)
    func `a query name that a call does not know is 400`(call: EveryCall) async throws {
        let world = try await EveryCall.World()
        for query in ["nothing=1", "Board=plan", "board%00=1", "=1", "&&nothing"] {
            let answer = try await call.send(to: world, as: try TestGateway.token("admin"), query: query)
            #expect(answer.status == 400, "\(query)")
            #expect(answer.code == "invalid_query")
        }
        #expect(try await world.isUntouched)
    }

    @Test(arguments: EveryCall.all)
    func `what cannot stand in a path is 404`(call: EveryCall) async throws {
        guard let name = call.call.path.parameterName, call.call.parameter != .user else { return }
        let world = try await EveryCall.World()
        let path = call.call.path.description.split(separator: ":\(name)", omittingEmptySubsequences: false)
        for value in ["%00", "-", "A%20b", "..."] where value != "-" || call.call.parameter != .board {
            let answer = try await world.gateway.call(
                call.method, path.joined(separator: value), as: try TestGateway.token("admin"), call.body)
            #expect(answer.status == 404, "\(value)")
            #expect(answer.code == "not_found")
        }
        #expect(try await world.isUntouched)
    }

    @Test(arguments: EveryCall.all)
    func `an Idempotency-Key and an If-Match count where they are described, and nowhere else`(
        call: EveryCall
    ) async throws {
        for (field, value, code) in [
            (.idempotencyKey, String(repeating: "k", count: 129), "invalid_idempotency_key"),
            (.ifMatch, "\"1\", *", "invalid_if_match"),
        ] as [(HTTPField.Name, String, String)] {
            let world = try await EveryCall.World()
            let answer = try await call.send(to: world, as: try TestGateway.token("admin"), headers: [field: value])
            let counts = call.call.fields.contains(field)
            #expect(answer.status == (counts ? 400 : call.status), "\(field)")
            #expect(answer.code == (counts ? code : nil))
        }
    }

    @Test(arguments: EveryCall.all)
    func `a call with a body takes that body alone, but a file by what is in it`(call: EveryCall) async throws {
        let world = try await EveryCall.World()
        let token = try TestGateway.token("admin")
        let type: HTTPFields = [.contentType: "text/plain"]
        let answer = try await call.send(to: world, as: token, headers: type)
        switch call.call.body {
        case .none, .file: #expect(answer.status == call.status)
        case .object, .patch: #expect(answer.status == 415)
        }
    }

    @Test func `a call without a token is answered to everybody alike`() async throws {
        let gateway = try TestGateway(assets: [Asset(path: "/a.js", mediaType: "a/b", bytes: [])])
        for call in EveryCall.list.all where call.access == .open {
            let sample = try #require(EveryCall.open[call.name])
            for token in [nil, "x", try TestGateway.token("viewer"), try TestGateway.token(tenant: "other")] {
                // From this machine, to which alone one of them is.
                let answer = try await ConnectionPeer.$announced.withValue(ClientAddress("127.0.0.1")) {
                    try await gateway.call(call.method, sample.path, as: token)
                }
                #expect(answer.status == sample.status)
            }
            let odd = try await gateway.call(call.method, sample.path + "?nothing=1", as: nil)
            #expect(odd.status == (call.query == nil ? sample.status : 400))
        }
    }

    @Test(arguments: EveryCall.list.byPath.indices)
    func `any other method is 405, OPTIONS 204, and Allow names the path's calls`(index: Int) async throws {
        let (path, calls) = EveryCall.list.byPath[index]
        let gateway = try TestGateway(assets: [Asset(path: "/a.js", mediaType: "a/b", bytes: [])])
        let place = path.path(with: EveryCall.job)
        let head: [HTTPRequest.Method] = calls.contains { $0.method == .get && $0.isRouted } ? [.head] : []
        let query: [HTTPRequest.Method] = calls.contains(where: \.takesQuery) ? [.query] : []
        let taken = Set(calls.map(\.method) + head + query)
        for method: HTTPRequest.Method in [.get, .head, .post, .put, .patch, .delete, .options, .trace, .query]
        where !taken.contains(method) {
            let status = method == .options ? 204 : 405
            let answer = try await gateway.call(method, place, "admin")
            #expect(answer.status == status, "\(method)")
            let allow = answer.headers[.allow]?.split(separator: ",").map { String($0.drop { $0 == " " }) } ?? []
            #expect(allow.count == taken.count && Set(allow) == Set(taken.map(\.rawValue)), "\(method)")
            // Where everything needs a token, so does this, but for the question what there is.
            let stranger = try await gateway.call(method, place, as: nil)
            #expect(stranger.status == (calls.allSatisfy(\.isForTenants) && method != .options ? 401 : status))
        }
    }

    @Test func `the access log names the call, whatever the path was`() async throws {
        let lines = Lines()
        let gateway = try TestGateway(logger: Logger(label: "test") { _ in Lines.Handler(lines: lines) })
        for (method, path, name) in [
            (.get, "/api/tasks/1", "tasks.show"), (.head, "/api/tasks/2", "tasks.show"),
            (.post, "/api/tasks", "tasks.create"), (.put, "/api/tasks", "none"), (.get, "/nowhere", "none"),
            (.post, "/healthz", "none"), (.get, "/metrics", "metrics.show"),
        ] as [(HTTPRequest.Method, String, String)] {
            _ = try await gateway.call(method, path)
            #expect(lines.last?["call"] == .string(name), "\(method) \(path)")
        }
        // What supervisors ask for all the time has no line, unless it fails.
        _ = try await gateway.call(.get, "/healthz")
        #expect(lines.last?["call"] == "metrics.show")
    }
}

/// What was logged of the last request.
private final class Lines: Sendable {
    private let kept = Mutex<Logger.Metadata?>(nil)
    var last: Logger.Metadata? { kept.withLock { $0 } }

    struct Handler: LogHandler {
        let lines: Lines
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            if event.message == "request" { lines.kept.withLock { $0 = event.metadata } }
        }
    }
}
