import Foundation
import TestSupport
import Testing

@testable import ServerSettings

/// The budgets of memory follow from what the process may use, and from what the settings say.
@Suite struct MemoryBudgetsTests {
    @Test func `a large machine gives each its most`() {
        let budgets = MemoryBudgets(Settings.Limits(), of: 16 << 30)
        #expect(budgets.bodies == 32 << 20 && budgets.answers == 64 << 20 && budgets.queues == 64 << 20)
        #expect(budgets.recentFrames == 256 << 20 && budgets.requestConnections == 4096)
    }

    @Test func `in 128 MiB they leave room for the process itself`() {
        let budgets = MemoryBudgets(Settings.Limits(), of: 128 << 20)
        let connections = budgets.requestConnections * MemoryBudgets.connection + 5 * budgets.pageCache
        let all = budgets.bodies + budgets.answers + budgets.queues + budgets.recentFrames + connections
        #expect(all <= 64 << 20)
        #expect(budgets.requestConnections >= 250)
    }

    @Test func `a setting wins`() {
        var limits = Settings.Limits()
        (limits.bodiesBytes, limits.queuesBytes, limits.requestConnections) = (1 << 20, 2 << 20, 77)
        let budgets = MemoryBudgets(limits, of: 128 << 20)
        #expect(budgets.bodies == 1 << 20 && budgets.queues == 2 << 20 && budgets.requestConnections == 77)
        #expect(budgets.answers == 8 << 20)
    }

    @Test func `the least limit of the groups counts, of either version`() throws {
        let root = try TemporaryFolder()
        func write(_ path: String, _ text: String) throws {
            let file = root.path(path)
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: file, atomically: false, encoding: .utf8)
        }
        func limit(_ groups: String) -> Int? { AvailableMemory.groupLimit(groups: groups, at: root.path("cg")) }
        #expect(limit("0::/system.slice/boardcast.service\n") == nil)
        try write("cg/system.slice/boardcast.service/memory.max", "max\n")
        #expect(limit("0::/system.slice/boardcast.service\n") == nil)
        try write("cg/system.slice/memory.max", "134217728\n")
        #expect(limit("0::/system.slice/boardcast.service\n") == 128 << 20)
        try write("cg/memory/docker/abc/memory.limit_in_bytes", "268435456\n")
        #expect(limit("11:cpu,cpuacct:/docker/abc\n10:memory:/docker/abc\n") == 256 << 20)
        #expect(limit("10:memory:/elsewhere\n") == nil)
        // A container sees its own group as the root.
        try write("cg/memory.max", "1048576")
        #expect(limit("0::/../host/path\n") == 1 << 20)
        #expect(limit("") == nil && limit("nonsense\n:\n") == nil)
    }
}
