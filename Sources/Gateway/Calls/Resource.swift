import HTTPTypes
import Hummingbird

/// One path and what can be done with it; any other method is 405 and named in `Allow` (RFC 9110 §15.5.6).
struct Resource<Context: RequestContext> {
    typealias Handler = @Sendable (Request, Context) async throws -> Response

    let path: RouterPath
    let handlers: [(HTTPRequest.Method, Handler)]

    /// Methods that are answered before the router, and only named here.
    private let elsewhere: [HTTPRequest.Method]

    init(_ path: RouterPath, elsewhere: [HTTPRequest.Method] = [], _ handlers: (HTTPRequest.Method, Handler)...) {
        self.path = path
        self.elsewhere = elsewhere
        self.handlers = handlers
    }

    func add(to router: some RouterMethods<Context>) {
        var methods = handlers.map(\.0)
        for (method, handler) in handlers { router.on(path, method: method, use: handler) }
        if let get = handlers.first(where: { $0.0 == .get }) {
            methods.append(.head)
            router.on(path, method: .head) { try await get.1($0, $1).createHeadResponse() }
        }
        let allow = (methods + elsewhere).map(\.rawValue).joined(separator: ", ")
        for method: HTTPRequest.Method in [.get, .head, .post, .put, .patch, .delete, .options, .trace]
        where !methods.contains(method) {
            router.on(path, method: method) { _, _ -> Response in
                throw Problem(.methodNotAllowed, "method_not_allowed", "This path takes \(allow).").with(.allow, allow)
            }
        }
    }
}
