import Logging
import ServerSettings
import Testing

@testable import boardcast

/// Streams never take the descriptors that the database and requests need.
@Suite struct DescriptorBudgetTests {
    @Test(arguments: [(128, 64, 48), (256, 192, 144), (1024, 960, 896), (100_000, 99_936, 99_872), (10, 16, 12)])
    func `a budget is made of the open files`(files: Int, connections: Int, streams: Int) {
        let budget = DescriptorBudget(files: files, for: Settings())
        #expect(budget.connections == connections)
        #expect(budget.streams == streams)
    }

    @Test func `the operators' listener has descriptors that the other leaves to it`() {
        var settings = Settings()
        settings.ops.port = 9000
        #expect(DescriptorBudget(files: 128, for: settings) == DescriptorBudget(files: 104, for: Settings()))
    }

    @Test func `no more streams are let in than there are descriptors for, and no more than were asked for`() {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var settings = Settings()
        #expect(
            DescriptorBudget(files: 1024, for: settings).fitting(settings, logger: logger).limits.connectionsTotal
                == 896)
        settings.limits.connectionsTotal = 10
        #expect(DescriptorBudget(files: 1024, for: settings).fitting(settings, logger: logger) == settings)
    }
}
