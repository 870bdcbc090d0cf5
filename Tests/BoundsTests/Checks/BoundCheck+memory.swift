import Boards
import Events

@testable import Gateway
@testable import Rooms
@testable import ServerSettings

/// The budgets of the whole process, and what is counted in them.
extension BoundCheck {
    private static let busy = Problem(StoreFailure.busy(retryAfter: .seconds(1)))

    static var memory: [BoundCheck] {
        let limits = RoomLimits()
        let large = MemoryBudgets(Settings.Limits(), of: 16 << 30)
        let memory = 320 << 20
        let small = MemoryBudgets(Settings.Limits(), of: memory)
        let answers = 1 << 30
        let half = MemoryBudget.partsOfTenant
        let places = 100
        let slots = ReadSlots(Answers.mostReadings, places: places)
        return [
            BoundCheck(
                "what waits for all sockets of streams, and the lists that streams are sent",
                .name("limits.queuesBytes"), .bytes(large.queues), .share(half)),
            BoundCheck(
                "large answers (beyond 16 KiB), until they are read", .bytes(Answers.smallest),
                .name("limits.answersBytes"), .bytes(large.answers), .share(half), .refused(named: .answersFull)),
            BoundCheck(
                "readings for large answers", .count(Answers.mostReadings),
                .share(Answers.mostReadings / slots.share), .bytes(Answers.bytesOfReading),
                .name("limits.answersBytes"), .share(Answers.partsOfConnections), .name("limits.requestConnections"),
                .count(ReadSlots.mostWaiting), .share(places / slots.placesOfTenant), .refused(named: .answersFull)),
            BoundCheck("figures for administrators", .count(Figures.mostSamples), .count(Figures.mostTenants)),
            BoundCheck("what a client calls itself, for administrators", .count(ClientLabel.longestAgent)),
            BoundCheck(
                "one answer", .bytes(EventCalls.bytes), .bytes(TaskPage.mostBytes), .bytes(JobLimits.page)),
            BoundCheck(
                "a snapshot, an export", .bytes(Spool.mostInMemory), .count(Spool.mostFiles), .share(half),
                .refused(busy)),
            BoundCheck(
                "the state that a stream begins with",
                .share(answers / Answers(LiveSettings(gateway(answersBytes: answers))).mostOfInit),
                .name("limits.answersBytes"), .name(CloseReason.limitReached.rawValue)),
            BoundCheck(
                "recent frames", .name("limits.recentFramesBytes"), .bytes(large.recentFrames),
                .share(memory / small.recentFrames), .bytes(limits.recentBytes), .name("events.retainCount"),
                .count(Relay.idleTenants), .count(Relay.mostRecalls)),
            BoundCheck(
                "request bodies in work, until their answer", .name("limits.bodiesBytes"), .bytes(large.bodies),
                .share(half), .bytes(Bodies.largest), .refused(named: .bodiesFull)),
        ]
    }

    private static func gateway(answersBytes: Int) -> GatewaySettings {
        var settings = GatewaySettings()
        settings.answersBytes = answersBytes
        return settings
    }
}
