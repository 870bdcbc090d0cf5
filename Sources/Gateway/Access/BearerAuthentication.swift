import Events
import HTTPTypes
import Hummingbird
import NIOCore
import Tokens

/// Verifies the token of every request, from the `Authorization` header or the cookie, and keeps the outcome for the
/// routes that need it.
struct BearerAuthentication: RouterMiddleware {
    let authenticator: Authenticator
    let failures: AuthFailures

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        var identity = identify(request, waitingOn: context.loop)
        if case .failure(let problem) = identity, let arrival = problem.keyArrival {
            try? await arrival.get()
            identity = identify(request, waitingOn: nil)
        }
        context.identity = identity.mapError { failures.count($0, from: context.peer, forwarded: request.forwarded) }
        return try await next(request, context)
    }

    private func identify(_ request: Request, waitingOn loop: (any EventLoop)?) -> Result<Principal, Problem> {
        let fields = CredentialFields(request.head)
        let origins = failures.settings.read { $0.allOrigins }
        return Result { () throws(Problem) in
            try authenticator.principal(of: Credentials(fields, origins: origins), waitingOn: loop)
        }
    }
}

extension Request {
    fileprivate var forwarded: [String] { headers[fields: .xForwardedFor].map(\.value) }
}

extension HTTPField.Name {
    static let xForwardedFor = Self("X-Forwarded-For")!
}
