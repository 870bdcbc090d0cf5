public import Events
import NIOCore
import Text

/// How a connection ends, or is renewed.
extension Reader {
    /// Ends it without sending anything: the client is gone.
    public func drop() { drop(.gone) }

    func drop(_ ending: LoopCounters.Ending) {
        guard state != .closed else { return }
        hub.count(self, ending)
        listed.list?.leave(self)
        stateStream?.leave()
        stateStream = nil
        onStart = []
        state = .closed
        giveBackQueued()
        hub.remove(self)
        depart()
        sink.abort()
    }

    /// Ends it with its reason as the last event.
    ///
    /// - Parameter reconnectAfter: milliseconds after which the client may reconnect; nil when it shall not.
    public func close(_ reason: CloseReason, reconnectAfter: Int?) {
        guard state != .closed else { return }
        var last = output.unsentHead ?? ByteBuffer()
        last.writeImmutableBuffer(
            StreamEvents.closing(reason, reconnectAfter: reconnectAfter, on: wire, now: hub.relay.wallClock()))
        last.writeImmutableBuffer(wire.end(reason))
        if output.blockedSince == nil { sink.finish(last) }
        drop(.closed(reason))
    }

    /// Ends a stream whose last event has been sent.
    func end() {
        guard state != .closed else { return }
        sink.finish(StreamBytes.end)
        drop(.finished)
    }

    /// Ends it because the gateway shuts down, after the events that have reached its loop.
    ///
    /// - Parameters:
    ///   - window: the time within which the client shall come back.
    ///   - soonest: how long this gateway will still be going down.
    public func drain(over window: Duration, soonest: Duration = .zero) {
        if state == .live { listed.list?.sendAll(to: self) }
        let (window, soonest) = (window.wholeMilliseconds, soonest.wholeMilliseconds)
        var randomness = BoughtRandomness()
        let time = Int.random(in: min(soonest, window)...max(window, 1), using: &randomness)
        close(.serverDraining, reconnectAfter: time)
    }

    /// Continues the connection with a fresh token of its user.
    ///
    /// - Returns: false when the token allows none of the boards that were shown; the connection was then ended.
    public func renew(with principal: Principal) -> Bool {
        guard state != .closed else { return false }
        self.principal = principal
        knowsOfExpiry = false
        let before = selection.boards
        let after = asked.narrowed(to: principal.boards).boards
        if after == .only([]), before != after {
            close(.accessLost, reconnectAfter: nil)
            return false
        }
        if after != before { select(asked) }
        return true
    }
}
