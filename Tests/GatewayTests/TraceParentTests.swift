import HTTPTypes
import Testing

@testable import Gateway

struct TraceParentTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test(arguments: [
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later",
    ])
    func `the id of a trace is found`(field: String) {
        #expect(TraceParent(field)?.traceID == Self.trace)
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e47\n6-00f067aa0ba902b7-01",
        "zz-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ])
    func `what is not well formed is no trace`(field: String) {
        #expect(TraceParent(field) == nil)
    }

    @Test(arguments: [("00", false), ("01", true), ("02", false), ("03", true), ("fe", false), ("ff", true)])
    func `it says whose child a span is, and whether it may be recorded`(flags: String, isSampled: Bool) {
        let parent = TraceParent("00-\(Self.trace)-00f067aa0ba902b7-\(flags)")
        #expect(parent?.spanID == "00f067aa0ba902b7")
        #expect(parent?.isSampled == isSampled)
    }

    @Test func `of two fields neither counts`() {
        let field = HTTPField(name: .traceparent, value: "00-\(Self.trace)-00f067aa0ba902b7-01")
        #expect(TraceParent(HTTPFields([field]))?.traceID == Self.trace)
        #expect(TraceParent(HTTPFields([field, field])) == nil)
        #expect(TraceParent(HTTPFields()) == nil)
    }
}
