import Events
import HTTPTypes

@testable import Boards
@testable import Gateway
@testable import Rooms

/// The rooms, and what streams are sent.
extension BoundCheck {
    static var streams: [BoundCheck] {
        let limits = RoomLimits()
        let moment = Reader.Moment(uptime: .distantPast, wallClock: .distantPast, round: 0, limits)
        return [
            BoundCheck(
                "one connection's queue", .name("sse.queueBytes"), .count(limits.queueBytes / limits.sendBuffer)),
            BoundCheck("reads of the store for streams", .count(limits.readsAtOnce)),
            BoundCheck("announcements before their turn", .count(TenantMemory.mostHeld), .count(Relay.mostRead)),
            BoundCheck(
                "a task list kept for streams", .name("limit"), .count(TaskQuery.limits.upperBound),
                .count(TaskList.reserve), .bytes(NewestTasks.mostBytes), .bytes(TaskList.mostBytes),
                .count(StateStream.mostWaiting), .times(.seconds(1) / limits.stateCoalesce)),
            BoundCheck(
                "presence", .count(Roster.limit), .count(Presence.namedBoards), .bytes(TenantPresence.stateBytes)),
            BoundCheck("lists held", .count(TenantPresence.heldFrames)),
            BoundCheck(
                "typing", .count(Typing.limit), .count(Typing.limitPerUser), .time(Typing.lease),
                .status(.tooManyRequests), .name("Retry-After")),
            BoundCheck("a peer not heard of", .times(moment.longestSilence / limits.heartbeat)),
            BoundCheck("what is to be said to one who does not read", .bytes(Reader.mostWaiting)),
            BoundCheck(
                "a WebSocket's message", .bytes(SocketMessages.longest), .count(Strangers.limit),
                .time(SocketHandler.patience), .count(Int(SocketViolation.tooBig.rawValue)),
                .status(.tooManyRequests), .count(4001)),
            BoundCheck(
                "what a WebSocket says before it is answered", .count(SocketHandler.mostEarly),
                .count(Reader.mostOnStart), .count(1008)),
            BoundCheck(
                "replays a WebSocket asked for", .count(SocketHandler.mostResumptions), .name("too_many")),
        ]
    }
}
