import Events
import NIOCore

/// The checks that each connection gets once a second; see ``Beat``.
extension Reader {
    /// The clocks, read once for all readers of a turn.
    struct Moment {
        /// Nanoseconds of the loop's clock.
        let uptime: Int64
        /// Milliseconds since 1970.
        let wallClock: Int
        /// Counts the seconds.
        let round: Int
    }

    /// Sends heartbeats and `token.expiring`; ends the connection when its token has expired, its socket has stalled,
    /// or its peer is lost.
    func attend(at moment: Moment) {
        let limits = hub.limits
        if hasLostPeer(at: moment) { return drop(.lostPeer) }
        let left = principal.expiresAt &- moment.wallClock
        if left <= 0 { return close(.tokenExpired, reconnectAfter: nil) }
        if moment.uptime >= livesUntil {
            return close(.maxAge, reconnectAfter: StreamEvents.retry(around: limits.retryMilliseconds))
        }
        if left <= Self.expiryNotice, !knowsOfExpiry, hasStarted {
            knowsOfExpiry = true
            send(StreamEvents.expiring(at: principal.expiresAt, on: wire, now: moment.wallClock))
        }
        if let since = output.blockedSince {
            if moment.uptime - since >= limits.stall { drop(.stalled) }
        } else if moment.uptime - output.lastWrite >= limits.heartbeat, hasStarted {
            send(wire.heartbeat)
        }
    }

    /// Whether the peer is lost. Checked twice in each heartbeat interval, so that a peer that was silent for one and a
    /// half intervals is dropped before the second is over.
    private func hasLostPeer(at moment: Moment) -> Bool {
        let rounds = max(1, Int(hub.limits.heartbeat / 2_000_000_000))
        guard (moment.round &+ tabled.index) % rounds == 0, let silence = sink.silence else { return false }
        return silence / 3 > hub.limits.heartbeat / 2
    }

    /// Milliseconds before its token runs out at which a connection is sent `token.expiring`.
    private static let expiryNotice = 60_000
}
