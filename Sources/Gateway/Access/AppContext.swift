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
    /// Found out with ``identity``.
    var place: RequestPlace?
    /// The other end of the connection.
    let peer: ClientAddress?
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = ConnectionPeer.announced ?? source.channel.remoteAddress.flatMap { ClientAddress($0) }
        channel = source.channel
    }
}
