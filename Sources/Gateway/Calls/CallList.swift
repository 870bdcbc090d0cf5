import HTTPTypes
import Hummingbird

/// All calls of the API, including streams and WebSockets. Rules for all calls are derived from this list.
struct CallList: Sendable {
    let all: [Call]
    /// The names of calls by the router's pattern and the method.
    private let names: [String: [HTTPRequest.Method: String]]

    init(_ calls: [Call]) {
        all = calls
        names = calls.reduce(into: [:]) {
            $0[$1.route, default: [:]][$1.method] = $1.name
        }
    }

    /// The methods that a preflight names (Fetch standard §3.2.3), in the usual order.
    var methods: [HTTPRequest.Method] {
        [.get, .post, .put, .patch, .delete].filter { method in all.contains { $0.method == method } }
            + (all.contains(where: \.takesQuery) ? [.query] : [])
    }

    /// The calls grouped by path, in the order in which the paths first occur.
    var byPath: [(path: PathPattern, calls: [Call])] {
        var paths: [(path: PathPattern, calls: [Call])] = []
        for call in all {
            if let index = paths.firstIndex(where: { $0.path == call.path }) {
                paths[index].calls.append(call)
            } else {
                paths.append((call.path, [call]))
            }
        }
        return paths
    }

    /// Adds every path to `router`: its methods are answered by the calls, `OPTIONS` by 204 with `Allow` (RFC 9110
    /// §9.3.7), any other method by 405 with it (§15.5.6).
    ///
    /// A QUERY where there is one is a GET by now: see ``QueryMethod``.
    func add(to router: Router<AppContext>, rules: Call.Rules) {
        for (path, calls) in byPath {
            let place = RouterPath(path.description)
            var routed: Set<HTTPRequest.Method> = []
            for call in calls where call.isRouted {
                // HEAD is GET without the body (RFC 9110 §9.3.2), which `ErrorResponse` removes.
                for method in call.method == .get ? [.get, .head] : [call.method] {
                    routed.insert(method)
                    router.on(place, method: method) { request, context -> Response in
                        var response = try await call.answer(request, in: context, by: rules)
                        if call.takesQuery { response.headers[.acceptQuery] = QueryMethod.accepted }
                        return response
                    }
                }
            }
            let allowed = Self.allow(calls)
            let takesQuery = calls.contains(where: \.takesQuery)
            var refusal = Problem.methodNotAllowed(allowed)
            var options: HTTPFields = [.allow: allowed.map(\.rawValue).joined(separator: ", ")]
            if takesQuery {
                refusal.headers[.acceptQuery] = QueryMethod.accepted
                options[.acceptQuery] = QueryMethod.accepted
            }
            // What supervisors and proxies ask for to see that we answer; it needs no token, as a preflight needs none.
            router.on(place, method: .options) { [options] _, _ in Response(status: .noContent, headers: options) }
            let isForTenants = calls.allSatisfy(\.isForTenants)
            for method: HTTPRequest.Method in [.get, .head, .post, .put, .patch, .delete, .trace, .query]
            where !routed.contains(method) && !calls.contains(where: { $0.method == method }) {
                router.on(place, method: method) { [refusal] request, context -> Response in
                    guard isForTenants else { throw refusal }
                    return try await rules.writes.limit(request, in: try TenantContext(context: context)) {
                        throw refusal
                    }
                }
            }
        }
    }

    private static func allow(_ calls: [Call]) -> [HTTPRequest.Method] {
        let routed = calls.filter(\.isRouted).map(\.method)
        return routed + (routed.contains(.get) ? [.head] : []) + calls.filter { !$0.isRouted }.map(\.method)
            + (calls.contains(where: \.takesQuery) ? [.query] : [])
    }

    /// The name of a request in the access log, which is never its path.
    ///
    /// - Parameter endpoint: the router's pattern of the path; nil when it has none.
    func name(_ method: HTTPRequest.Method, at endpoint: String?) -> String {
        endpoint.flatMap { names[$0]?[method == .head ? .get : method] } ?? "none"
    }
}
