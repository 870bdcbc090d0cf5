import Boards
import Events
import Hummingbird
import Tokens

/// The context of a request with a verified token. It can't be made without one, so no handler can forget to check.
struct TenantContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let principal: Principal
    let place: RequestPlace?
    /// The other end of the connection.
    let peer: ClientAddress?

    /// - Throws: ``Problem`` 401 when there is no verified token.
    init(context: AppContext) throws {
        guard let identity = context.identity else { throw Problem.unauthorized("no token was sent") }
        principal = try identity.get()
        place = context.place
        peer = context.peer
        coreContext = context.coreContext
    }

    var tenant: TenantID { principal.tenant }

    /// - Throws: ``Problem`` 403 when the role does not allow it.
    func require(_ permission: Permission) throws(Problem) {
        do { try principal.require(permission) } catch { throw .roleForbidden(error) }
    }
}
