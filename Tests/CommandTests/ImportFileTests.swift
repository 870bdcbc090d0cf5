import Client
import Testing

@testable import boardcast

@Suite struct ImportFileTests {
    @Test func `the same file has the same key, and another has another`() {
        #expect(ImportFile(bytes: [1]).key == ImportFile(bytes: [1]).key)
        #expect(ImportFile(bytes: [1]).key != ImportFile(bytes: [2]).key)
    }
}
