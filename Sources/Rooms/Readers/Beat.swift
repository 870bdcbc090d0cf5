import Events
import NIOCore

/// One timer a loop that looks after all its connections: heartbeats, tokens that ran out, sockets that stand still and
/// peers that have vanished.
///
/// Looks at a tenth of them every tenth of a second, so each is seen once a second and none of it comes in bursts.
final class Beat {
    private let task: RepeatedTask

    /// - Parameter hub: keeps this timer only while it has connections.
    init(hub: LoopHub) {
        let turn = NIOLoopBoundBox(0, eventLoop: hub.loop)
        task = hub.loop.scheduleRepeatedTask(
            initialDelay: .milliseconds(100), delay: .milliseconds(100)
        ) { _ in
            turn.value &+= 1
            hub.attend(toPart: turn.value % LoopHub.parts, in: turn.value / LoopHub.parts)
        }
    }

    func stop() { task.cancel() }
}

extension LoopHub {
    /// - Parameter round: counts the seconds.
    fileprivate func attend(toPart number: Int, in round: Int) {
        let part = part(number)
        guard !part.isEmpty else { return }
        let moment = Reader.Moment(uptime: uptime(), wallClock: relay.wallClock(), round: round)
        for reader in part { reader.attend(at: moment) }
    }
}
