import AsyncHTTPClient
import NIOCore

/// The bytes of an answer, as they come. Asked by one task at a time, which is why it may be shared.
final class Chunks: @unchecked Sendable {
    private var iterator: HTTPClientResponse.Body.AsyncIterator

    init(_ body: HTTPClientResponse.Body) { iterator = body.makeAsyncIterator() }

    @concurrent func next() async throws -> ByteBuffer? { try await iterator.next() }
}
