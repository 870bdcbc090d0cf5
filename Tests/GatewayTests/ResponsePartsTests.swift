import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

@Suite struct ResponsePartsTests {
    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n"
    private static let chunked = head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n"

    /// What all parts together say: the head's status and fields, and the content.
    private static func said(_ pieces: [String]) -> (status: UInt?, fields: [String], content: String) {
        var parts = ResponseParts()
        var (status, fields, content): (UInt?, [String], String) = (nil, [], "")
        for part in pieces.flatMap({ parts.take(ByteBuffer(string: $0)) }) {
            switch part {
            case .head(let head): (status, fields) = (head.status.code, head.headers.map { "\($0.name): \($0.value)" })
            case .body(.byteBuffer(let bytes)): content += String(buffer: bytes)
            default: Issue.record("neither a head nor content")
            }
        }
        return (status, fields, content)
    }

    @Test func `chunks and the connection's own fields are left out, however the bytes are cut`() {
        let text = Self.chunked
        for cut in text.utf8.indices {
            let said = Self.said([String(text[..<cut]), String(text[cut...])].filter { !$0.isEmpty })
            #expect(said.status == 200)
            #expect(said.fields == ["Content-Type: text/event-stream"])
            #expect(said.content == "hello world")
        }
    }

    @Test func `content with a length stays as it is`() {
        let said = Self.said(["HTTP/1.1 503 Busy\r\nContent-Length: 7\r\n\r\n", "3\r\nabc"])
        #expect(said.status == 503)
        #expect(said.fields == ["Content-Length: 7"])
        #expect(said.content == "3\r\nabc")
    }
}
