import Events
import NIOCore

/// One timer a loop that looks after all its connections: heartbeats, tokens that ran out, sockets that stand still and
/// peers that have vanished.
///
/// Looks at a tenth of them every tenth of a second, so each is seen once a second and none of it comes in bursts.
final class Beat {
    private let task: RepeatedTask

    init(registry: RoomRegistry) {
        // `registry` keeps this timer only while it has connections.
        let turn = NIOLoopBoundBox(0, eventLoop: registry.loop)
        task = registry.loop.scheduleRepeatedTask(
            initialDelay: .milliseconds(100), delay: .milliseconds(100)
        ) { [unowned registry] _ in
            turn.value &+= 1
            registry.attend(to: registry.part(turn.value % 10), in: turn.value / 10)
        }
    }

    func stop() { task.cancel() }
}

extension RoomRegistry {
    /// - Parameter round: counts the seconds.
    fileprivate func attend(to part: [Subscriber], in round: Int) {
        guard !part.isEmpty else { return }
        let now = now()
        let wallClock = relay.now()
        // Seen twice a heartbeat, who has said nothing for one and a half is gone before two are over.
        let rounds = max(1, Int(limits.heartbeat / 2_000_000_000))
        for subscriber in part {
            if (round &+ subscriber.place) % rounds == 0, let silence = subscriber.sink.silence,
                silence / 3 > limits.heartbeat / 2
            {
                drop(subscriber)
                continue
            }
            let left = subscriber.grant.expiresAt &- wallClock
            if left <= 0 {
                close(subscriber, .tokenExpired, reconnectAfter: nil)
                continue
            }
            if now >= subscriber.livesUntil {
                close(subscriber, .maxAge, reconnectAfter: StreamEvents.retry(around: limits.retryMilliseconds))
                continue
            }
            if left <= Self.expiryNotice, !subscriber.isToldOfExpiry, subscriber.unsentHead == nil {
                subscriber.isToldOfExpiry = true
                send(
                    StreamEvents.expiring(at: subscriber.grant.expiresAt, on: subscriber.wire, now: wallClock),
                    to: subscriber)
            }
            if let since = subscriber.blockedSince {
                if now - since >= limits.stall { drop(subscriber) }
            } else if now - subscriber.lastWrite >= limits.heartbeat, subscriber.unsentHead == nil {
                send(subscriber.wire.heartbeat, to: subscriber)
            }
        }
    }

    /// Milliseconds before its token runs out that a connection is told so.
    private static let expiryNotice = 60_000
}
