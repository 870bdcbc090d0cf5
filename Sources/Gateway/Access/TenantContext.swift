import Boards
import Events
import Hummingbird
import Tokens

/// A request with verified claims. A handler that takes one cannot forget to check.
struct TenantContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let claims: Claims
    let tenant: TenantID
    let user: UserID

    /// - Throws: ``Problem`` 401 when there are no verified claims.
    init(context: AppContext) throws {
        guard let identity = context.identity else { throw Problem.unauthorized("no token was sent") }
        claims = try identity.get()
        guard let tenant = TenantID(claims.tenant), let user = UserID(claims.subject) else {
            throw Problem.unauthorized("the tenant or the subject is not one that we can use")
        }
        self.tenant = tenant
        self.user = user
        coreContext = context.coreContext
    }

    /// Who a write is by, and which boards it may touch.
    var author: Author {
        Author(tenant: tenant, user: user, boards: claims.visibleBoards, runsJobs: claims.role.allows(.jobs))
    }

    /// - Throws: ``Problem`` 403 when the role does not allow it.
    func require(_ permission: Permission) throws(Problem) {
        do { try claims.require(permission) } catch {
            throw Problem(.forbidden, "role_forbidden", error.description)
        }
    }
}
