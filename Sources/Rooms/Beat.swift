import Events
import NIOCore

/// One timer a loop that looks after all its connections: heartbeats, tokens that ran out, sockets that stand still.
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
            turn.value = (turn.value + 1) % 10
            registry.attend(to: registry.part(turn.value))
        }
    }

    func stop() { task.cancel() }
}

extension RoomRegistry {
    fileprivate func attend(to part: [Subscriber]) {
        guard !part.isEmpty else { return }
        let now = now()
        let wallClock = relay.now()
        for subscriber in part {
            let left = subscriber.grant.expiresAt &- wallClock
            if left <= 0 {
                close(subscriber, .tokenExpired, reconnectAfter: nil)
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
