import Events
import NIOCore

/// One timer a loop that looks after all its connections: heartbeats, tokens that ran out, sockets that stand still and
/// peers that have vanished.
///
/// Looks at a tenth of them every tenth of a second, so each is seen once a second and none of it comes in bursts.
final class Beat {
    private let task: RepeatedTask

    init(hub: LoopHub) {
        // `hub` keeps this timer only while it has connections.
        let turn = NIOLoopBoundBox(0, eventLoop: hub.loop)
        task = hub.loop.scheduleRepeatedTask(
            initialDelay: .milliseconds(100), delay: .milliseconds(100)
        ) { [unowned hub] _ in
            turn.value &+= 1
            hub.attend(to: hub.part(turn.value % 10), in: turn.value / 10)
        }
    }

    func stop() { task.cancel() }
}

extension LoopHub {
    /// - Parameter round: counts the seconds.
    fileprivate func attend(to part: [Reader], in round: Int) {
        guard !part.isEmpty else { return }
        let now = now()
        let wallClock = relay.now()
        // Seen twice a heartbeat, who has said nothing for one and a half is gone before two are over.
        let rounds = max(1, Int(limits.heartbeat / 2_000_000_000))
        for reader in part {
            if (round &+ reader.place) % rounds == 0, let silence = reader.sink.silence,
                silence / 3 > limits.heartbeat / 2
            {
                drop(reader)
                continue
            }
            let left = reader.principal.expiresAt &- wallClock
            if left <= 0 {
                close(reader, .tokenExpired, reconnectAfter: nil)
                continue
            }
            if now >= reader.livesUntil {
                close(reader, .maxAge, reconnectAfter: StreamEvents.retry(around: limits.retryMilliseconds))
                continue
            }
            if left <= Self.expiryNotice, !reader.isToldOfExpiry, reader.unsentHead == nil {
                reader.isToldOfExpiry = true
                send(
                    StreamEvents.expiring(at: reader.principal.expiresAt, on: reader.wire, now: wallClock),
                    to: reader)
            }
            if let since = reader.blockedSince {
                if now - since >= limits.stall { drop(reader) }
            } else if now - reader.lastWrite >= limits.heartbeat, reader.unsentHead == nil {
                send(reader.wire.heartbeat, to: reader)
            }
        }
    }

    /// Milliseconds before its token runs out that a connection is told so.
    private static let expiryNotice = 60_000
}
