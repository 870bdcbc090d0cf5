import Events
import NIOCore

/// The timer of one event loop that attends to all its connections: it sends heartbeats and ends connections with
/// expired tokens, stalled sockets or vanished peers.
///
/// It attends to a tenth of them every tenth of a second, so that each has its turn once a second and the work is
/// spread evenly.
final class Beat {
    private let task: RepeatedTask

    /// - Parameter hub: the hub, which keeps this timer only while it has connections.
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
        let moment = Reader.Moment(uptime: uptime(), wallClock: relay.wallClock(), round: round, limits)
        for reader in part { reader.attend(at: moment) }
    }
}
