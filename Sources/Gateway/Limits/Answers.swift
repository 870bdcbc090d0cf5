import Events
import HTTPTypes
import Hummingbird
import NIOCore

/// Bounds the memory of answers that wait for their clients to read them.
///
/// A large answer to a reading call takes room until its client has read it. When there is none, the client is asked to
/// come back; the answers to writes are never held back, and are small.
struct Answers: Sendable {
    let budget: MemoryBudget
    /// Bytes of the largest state that a stream may begin with: beyond it, a client loads the snapshot, and then connects
    /// with its cursor.
    let mostOfInit: Int
    /// Those of calls whose answers may be large.
    let slots: ReadSlots

    init(_ live: LiveSettings) {
        budget = MemoryBudget { live.read { $0.answersBytes } }
        let bytes = live.current.answersBytes
        mostOfInit = bytes / 8
        slots = ReadSlots(
            min(Self.mostReadings, bytes / Self.bytesOfReading),
            places: live.current.maxRequestConnections / Self.partsOfConnections)
    }

    static let mostReadings = 8
    /// A page takes some megabytes, as rows and as JSON.
    static let bytesOfReading = 8 << 20
    /// Of so many parts of the connections that are not streams, one may wait for its turn to read.
    static let partsOfConnections = 4
    /// Answers up to this size are not counted: a connection takes more than that.
    static let smallest = 16_384
    /// What is handed to a connection at once. The rest of an answer waits until that has left.
    static let piece = 65_536

    /// - Throws: ``Problem`` 503 when there is no room for now.
    func hold(_ response: Response, of tenant: TenantID) throws(Problem) -> Response {
        guard let length = response.body.contentLength, length > Self.smallest else { return response }
        let room = budget.room(for: tenant)
        guard room.grow(to: length) else { throw .answersFull }
        var held = response
        let body = response.body
        held.body = ResponseBody(contentLength: length) { writer in
            try await body.write(writer)
            withExtendedLifetime(room) {}
        }
        return held
    }
}

extension ResponseBody {
    /// `bytes`, handed to the connection a piece at a time: the rest waits until that has left, and the connection's own
    /// buffer holds little of it.
    init(inPieces bytes: [UInt8]) {
        guard bytes.count > Answers.piece else {
            self.init(byteBuffer: ByteBuffer(bytes: bytes))
            return
        }
        self.init(contentLength: bytes.count) { writer in
            for start in stride(from: 0, to: bytes.count, by: Answers.piece) {
                try await writer.write(ByteBuffer(bytes: bytes[start..<min(start + Answers.piece, bytes.count)]))
                try await ConnectionLoop.catchUp()
            }
            try await writer.finish(nil)
        }
    }
}

extension Problem {
    static let answersFull = Problem(
        .answersFull, "Too many large answers are being read now; ask again."
    ).with(.retryAfter, "1")
}
