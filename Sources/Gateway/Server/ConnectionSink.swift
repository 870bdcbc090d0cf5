import NIOCore
import Rooms

/// The sink of a connection that is a channel of NIO's.
protocol ConnectionSink: Sink {
    /// The channel is closed, and its descriptor's number may be reused.
    func forget()
}

extension ChannelHandlerContext {
    /// Closes our side, and the other when its client has, or soon: closing with unread bytes would send a reset, which may
    /// overtake our last bytes (RFC 6455 §7.1.1).
    func closeOnceRead() {
        close(mode: .output, promise: nil)
        let rest = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: RequestPace.longestFarewell) {
            if rest.value.channel.isActive { rest.value.close(promise: nil) }
        }
    }
}
