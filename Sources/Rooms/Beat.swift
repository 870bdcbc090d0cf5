import Events
import NIOCore

/// One timer a loop that looks after all its connections: heartbeats, tokens that ran out, sockets that stand still.
///
/// Looks at a tenth of them every tenth of a second, so each is seen once a second and none of it comes in bursts.
final class Beat {
    private let task: RepeatedTask

    init(registry: RoomRegistry) {
        // `registry` keeps this timer only while it has connections.
        task = registry.loop.scheduleRepeatedTask(
            initialDelay: .milliseconds(100), delay: .milliseconds(100)
        ) { [unowned registry] _ in
            registry.attend()
        }
    }

    func stop() { task.cancel() }
}

extension RoomRegistry {
    fileprivate func attend() {
        let all = all
        tenth = (tenth + 1) % 10
        let range = (all.count * tenth / 10)..<(all.count * (tenth + 1) / 10)
        guard !range.isEmpty else { return }
        let now = now()
        let wallClock = relay.now()
        for subscriber in all[range] {
            if subscriber.expiresAt <= wallClock {
                close(subscriber, .tokenExpired, reconnectAfter: nil)
            } else if let since = subscriber.blockedSince {
                if now - since >= limits.stall { drop(subscriber) }
            } else if now - subscriber.lastWrite >= limits.heartbeat {
                send(StreamBytes.heartbeat, to: subscriber)
            }
        }
    }
}
