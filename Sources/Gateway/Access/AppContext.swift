import Events
import Hummingbird
import Logging
import NIOCore
import Tokens

/// The context of a request before its route: the outcome of verifying its token.
struct AppContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// A refusal is kept here rather than thrown, so that an unknown route is 404 for everybody.
    var identity: Result<Principal, Problem>?
    let peer: SocketAddress?
    let loop: any EventLoop

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress
        loop = source.channel.eventLoop
    }
}
