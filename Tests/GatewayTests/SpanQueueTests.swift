import Events
import StrictJSON
import TestSupport
import Testing

@testable import Gateway

@Suite struct SpanQueueTests {
    private let parent = TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")

    private func span(after parent: TraceParent? = nil, status: Int = 200, route: String? = "/api/tasks/{id}")
        -> RequestSpan?
    {
        RequestSpan(
            after: parent, call: "tasks.show", method: "GET", route: route, status: status, requestID: "r",
            end: 1_768_473_000_000, duration: .microseconds(1500))
    }

    private func spans(in batch: SpanQueue.Batch) throws -> [JSONObject] {
        let message = try #require(try JSONParser.parse(batch.json, limits: .init(values: .max)).object)
        let resource = try #require(message["resourceSpans"]?.array?.first?.object)
        return resource["scopeSpans"]?.array?.first?.object?["spans"]?.array?.compactMap(\.object) ?? []
    }

    @Test func `a span is a child of the caller's, or begins a trace`() throws {
        let (child, other, root) = (try #require(span(after: parent)), try #require(span(after: parent)), span())
        #expect(child.traceID == parent?.traceID && child.parentID == "00f067aa0ba902b7")
        #expect(child.spanID.count == 16 && child.spanID != other.spanID && child.spanID != child.parentID)
        #expect(root?.parentID == nil && root?.traceID.count == 32 && root?.traceID != child.traceID)
        let quiet = TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")
        #expect(span(after: quiet) == nil, "the caller does not want it recorded")
    }

    @Test func `it is said as OTLP has it`() throws {
        let queue = SpanQueue(version: "1.2")
        let child = try #require(span(after: parent))
        queue.add(child)
        let batch = try #require(queue.take())
        #expect(
            String(decoding: batch.json, as: UTF8.self) == """
                {"resourceSpans":[{"resource":{"attributes":[\
                {"key":"service.name","value":{"stringValue":"boardcast"}},\
                {"key":"service.version","value":{"stringValue":"1.2"}}]},\
                "scopeSpans":[{"scope":{"name":"boardcast"},"spans":[{\
                "traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"\(child.spanID)",\
                "parentSpanId":"00f067aa0ba902b7","name":"GET /api/tasks/{id}","kind":2,\
                "startTimeUnixNano":"1768472999998500000","endTimeUnixNano":"1768473000000000000","attributes":[\
                {"key":"http.request.method","value":{"stringValue":"GET"}},\
                {"key":"http.route","value":{"stringValue":"/api/tasks/{id}"}},\
                {"key":"boardcast.call","value":{"stringValue":"tasks.show"}},\
                {"key":"boardcast.request_id","value":{"stringValue":"r"}},\
                {"key":"http.response.status_code","value":{"intValue":"200"}}],"status":{}}]}]}]}
                """)
    }

    @Test func `what is the server's fault is an error`() throws {
        let queue = SpanQueue(version: "1")
        for status in [404, 500] { queue.add(try #require(span(status: status, route: nil))) }
        let spans = try spans(in: try #require(queue.take()))
        #expect(spans.map { $0["status"]?.object?["code"]?.int } == [nil, 2])
        #expect(spans.map { $0["name"]?.string } == ["GET", "GET"])
    }

    @Test func `they are taken in batches, oldest first, and those beyond the bound are dropped and counted`() throws {
        let queue = SpanQueue(version: "1")
        for number in 0..<SpanQueue.most + 3 { queue.add(try #require(span(status: number))) }
        #expect(queue.counts == SpanQueue.Counts(sent: 0, dropped: 3))
        var numbers: [Int] = []
        while let batch = queue.take() {
            let found = try spans(in: batch).compactMap {
                $0["attributes"]?.array?.last?.object?["value"]?.object?["intValue"]?.string.flatMap { Int($0) }
            }
            #expect(found.count <= SpanQueue.mostTogether)
            numbers += found
            queue.settle(batch, isSent: numbers.count > SpanQueue.mostTogether)
        }
        #expect(numbers == Array(0..<SpanQueue.most))
        #expect(
            queue.counts
                == SpanQueue.Counts(
                    sent: SpanQueue.most - SpanQueue.mostTogether, dropped: 3 + SpanQueue.mostTogether))
    }
}
