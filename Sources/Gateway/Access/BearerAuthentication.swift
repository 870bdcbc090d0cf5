import Events
import Hummingbird
import NIOCore
import Tokens

/// Verifies the token of every request, from the `Authorization` header or the cookie, and keeps the outcome and the
/// request's place for the routes that need them.
struct BearerAuthentication: RouterMiddleware {
    let authenticator: Authenticator
    let failures: AuthFailures

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let fields = CredentialFields(request.head)
        let place = RequestPlace(fields, peer: context.peer, by: failures.settings.read { $0.place })
        var identity = identify(fields, at: place, waitingOn: context.channel.eventLoop)
        if case .failure(let problem) = identity, let arrival = problem.keyArrival {
            try? await arrival.get()
            identity = identify(fields, at: place, waitingOn: nil)
        }
        context.place = place
        context.identity = identity.mapError { failures.count($0, from: place.client) }
        return try await next(request, context)
    }

    func identify(
        _ fields: CredentialFields, at place: RequestPlace, waitingOn loop: (any EventLoop)?
    ) -> Result<Principal, Problem> {
        let origins = failures.settings.read { $0.allOrigins }
        return Result { () throws(Problem) in
            try authenticator.principal(of: Credentials(fields, at: place, origins: origins), waitingOn: loop)
        }
    }
}
