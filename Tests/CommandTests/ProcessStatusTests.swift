import Glibc
import Testing

@testable import boardcast

struct ProcessStatusTests {
    @Test func `the process tells of itself`() {
        let process = ProcessStatus()
        let sample = process.current
        #expect(sample.processorSeconds > 0 && sample.residentBytes > 1 << 20 && sample.threads > 0)
        #expect(1...sample.mostFiles ~= sample.openFiles)
        #expect(1.7e9...4e9 ~= sample.startedAt)
        #expect(process.current.startedAt == sample.startedAt)
    }
}
