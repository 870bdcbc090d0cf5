@testable import Gateway
@testable import ServerSettings
@testable import boardcast

/// Connections, and the descriptors that they take.
extension BoundCheck {
    static var connections: [BoundCheck] {
        let large = MemoryBudgets(Settings.Limits(), of: 16 << 30)
        let memory = 320 << 20
        let small = MemoryBudgets(Settings.Limits(), of: memory)
        let many = DescriptorBudget(files: 100_000, for: Settings())
        let few = DescriptorBudget(files: 164, for: Settings())
        return [
            BoundCheck("connections", .name("limits.connections…")),
            BoundCheck(
                "connections that are not streams, each request on a shared one as well",
                .name("limits.requestConnections"),
                .count(large.requestConnections),
                .share(memory / MemoryBudgets.connection / small.requestConnections), .time(RequestPace.shortestPause)),
            BoundCheck(
                "connections of any kind", .count(100_000 - many.connections),
                .share(few.connections / (few.connections - few.streams)), .count(many.connections - many.streams)),
            BoundCheck(
                "connections of operators, if they have a listener of their own", .count(OperatorsGate.mostConnections),
                .time(OperatorsListener.longestIdle), .count(OperatorsListener.descriptors)),
        ]
    }
}
