import Client
import Testing

@testable import boardcast

@Suite struct EventPrinterTests {
    private let established = "data: {\"type\":\"connection.established\",\"userId\":\"u1\",\"tenant\":\"acme\"}\n\n"
    private let task = "data: {\"type\":\"task.created\",\"taskId\":7}\n\n"

    private func texts(_ format: EventPrinter.Format) throws -> [EventPrinter.Text] {
        var follower = Follower()
        return try follower.read((established + task).utf8).compactMap(EventPrinter(format: format).text)
    }

    @Test func `people see a note of the connection, and a line of each event`() throws {
        let texts = try texts(.lines(EventLine(terminal: Terminal(hasColor: false))))
        #expect(texts.count == 2 && texts.first == .note("connected as u1 of acme"))
        guard case .line(let line) = texts.last else { return #expect(Bool(false)) }
        #expect(line.hasSuffix("#7"))
    }

    @Test func `as JSON everything is printed as it came`() throws {
        #expect(
            try texts(.json) == [
                .note("connected as u1 of acme"),
                .line(#"{"type":"connection.established","userId":"u1","tenant":"acme"}"#),
                .line(#"{"type":"task.created","taskId":7}"#),
            ])
    }
}
