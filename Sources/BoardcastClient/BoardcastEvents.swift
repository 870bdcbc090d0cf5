/// The events of a gateway, over any number of connections; see ``Boardcast/events(boards:types:since:state:)``.
///
/// Each iteration has connections of its own. While nobody asks for the next event nothing is read, and the gateway keeps
/// what is to come.
public struct BoardcastEvents: AsyncSequence, Sendable {
    public typealias Element = BoardcastEvent

    let client: Boardcast
    let path: String
    let cursor: String?
    let state: @Sendable (ConnectionState) -> Void

    public func makeAsyncIterator() -> Iterator { Iterator(reader: EventReader(self)) }

    public struct Iterator: AsyncIteratorProtocol {
        let reader: EventReader

        /// - Throws: ``BoardcastError`` when the stream can't go on; `CancellationError`.
        public mutating func next() async throws -> BoardcastEvent? { try await reader.next() }
    }
}
