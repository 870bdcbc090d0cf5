import Events
import Hummingbird
import Logging
import NIOCore
import Tokens

/// What a request carries before its route: the claims, once its token is verified.
struct AppContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The refusal is kept, so that an unknown route is 404 for everybody.
    var identity: Result<Principal, Problem>?
    let peer: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress
    }
}
