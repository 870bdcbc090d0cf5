import Boards
import Events
import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON

extension Call {
    /// The services that all calls need.
    struct Rules: Sendable {
        let writes: WriteLimit
        let bodies: Bodies
        let answers: Answers
    }

    /// Checks the request, always in this order, and does the work: token (401), limit of writes (429), role (403),
    /// query (400), path (404), body (415, 413, 503, 400), `If-Match` and `Idempotency-Key` (400).
    func answer(_ request: Request, in context: AppContext, by rules: Rules) async throws -> Response {
        switch work {
        case .open(let handler):
            return try await handler(try await input(request, context.parameters, of: nil, by: rules), context)
        case .tenant(let handler):
            let context = try TenantContext(context: context)
            func checked() async throws -> Response {
                if case .role(let permission) = access { try context.require(permission) }
                let input = try await input(request, context.parameters, of: context.tenant, by: rules)
                // Its body has its room until the write is acknowledged.
                defer { withExtendedLifetime(input.room) {} }
                guard isLong else { return try await handler(input, context) }
                return try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    guard isLarge else { return try await handler(input, context) }
                    return try await rules.answers.slots.read(for: context.tenant) {
                        try rules.answers.hold(try await handler(input, context), of: context.tenant)
                    }
                }
            }
            return isLimited ? try await rules.writes.limit(request, in: context, checked) : try await checked()
        case .stream, .socket: throw Problem.notFound
        }
    }

    private func input(
        _ request: Request, _ parameters: Parameters, of tenant: TenantID?, by rules: Rules
    ) async throws -> CallInput {
        let target = try target(of: request, parameter: parameterName.flatMap { parameters.get($0) })
        var parsed: Bodies.Parsed?
        if let types = body.objectTypes, let tenant {
            parsed = try await rules.bodies.object(of: request, types: types, for: tenant)
        }
        return try input(request, target, parsed)
    }

    /// The same for a request whose body, not longer than ``Bodies/largest``, has been read.
    func input(
        _ request: Request, parameter: String?, body bytes: ByteBuffer, of tenant: TenantID, by rules: Rules
    ) throws -> CallInput {
        let target = try target(of: request, parameter: parameter)
        let parsed = try body.objectTypes.map {
            try rules.bodies.object(in: bytes, of: request, types: $0, for: tenant)
        }
        return try input(request, target, parsed)
    }

    private typealias Target = (query: Query, parameter: String)

    private func target(of request: Request, parameter value: String?) throws(Problem) -> Target {
        let query = try queryNames.map { names throws(Problem) in try Query(request.uri.query, allowing: names) }
        var text = ""
        if let parameter {
            guard let value, parameter.accepts(value) else { throw .notFound }
            text = value
        }
        if let query { return (query, text) }
        return (try Query(nil, allowing: .none), text)
    }

    private func input(
        _ request: Request, _ target: Target, _ parsed: Bodies.Parsed?
    ) throws(Problem) -> CallInput {
        let isOnce = !body.isFile && fields.contains(.idempotencyKey)
        return CallInput(
            request: request, query: target.query, parameter: target.parameter,
            object: parsed?.object ?? JSONObject(), room: parsed?.room,
            once: isOnce ? try request.once(parsed?.bytes ?? ByteBuffer(), meant: parsed?.fingerprint) : nil,
            ifVersion: fields.contains(.ifMatch) ? try EntityTag.version(in: request.headers[.ifMatch]) : nil)
    }
}

extension Call.Body {
    /// The media types of a JSON object; nil for a call without a JSON body.
    fileprivate var objectTypes: Set<String>? {
        switch self {
        case .object: ["application/json"]
        case .patch: ["application/json", "application/merge-patch+json"]
        case .none, .file: nil
        }
    }

    fileprivate var isFile: Bool { if case .file = self { true } else { false } }
}
