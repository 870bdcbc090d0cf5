import Events
import NIOCore
import Text

/// The checks that each connection gets once a second; see ``Beat``.
extension Reader {
    /// The clocks, read once for all readers of a turn.
    struct Moment {
        let uptime: Uptime
        let wallClock: Timestamp
        /// The connection whose token runs out up to here is told so.
        let noticeDue: Timestamp
        /// Counts the seconds.
        let round: Int
        /// What has been blocked from here on, or longer, is dropped.
        let stallDue: Uptime
        /// What was last written to here, or earlier, is sent a heartbeat.
        let heartbeatDue: Uptime
        /// In how many rounds each peer is asked after once.
        let rounds: Int
        let longestSilence: Duration

        init(uptime: Uptime, wallClock: Timestamp, round: Int, _ limits: RoomLimits) {
            self.uptime = uptime
            self.wallClock = wallClock
            noticeDue = wallClock + Reader.expiryNotice
            self.round = round
            stallDue = uptime - limits.stall
            heartbeatDue = uptime - limits.heartbeat
            // Twice a heartbeat, so that a peer that was silent for one and a half is gone before two are over.
            rounds = max(1, limits.heartbeat.wholeSeconds / 2)
            longestSilence = limits.heartbeat / 2 * 3
        }
    }

    /// Sends heartbeats and `token.expiring`; ends the connection when its token has expired, its socket has stalled,
    /// or its peer is lost.
    func attend(at moment: Moment) {
        if hasLostPeer(at: moment) { return drop(.lostPeer) }
        if principal.expiresAt <= moment.wallClock { return close(.tokenExpired, reconnectAfter: nil) }
        if moment.uptime >= livesUntil {
            return close(.maxAge, reconnectAfter: StreamEvents.retry(around: hub.limits.retry))
        }
        if principal.expiresAt <= moment.noticeDue, !knowsOfExpiry, hasStarted {
            knowsOfExpiry = true
            send(StreamEvents.expiring(at: principal.expiresAt, on: wire, now: moment.wallClock))
        }
        if let since = output.blockedSince {
            if since <= moment.stallDue { drop(.stalled) }
        } else if output.lastWrite <= moment.heartbeatDue, hasStarted {
            send(wire.heartbeat)
        }
    }

    private func hasLostPeer(at moment: Moment) -> Bool {
        guard (moment.round &+ tabled.index) % moment.rounds == 0, let silence = sink.silence else { return false }
        return silence > moment.longestSilence
    }

    /// How long before its token runs out a connection is sent `token.expiring`.
    private static let expiryNotice = Duration.seconds(60)
}
