import Boards
import Events
import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import TaskFiles

/// The bytes of a large answer while it is made and sent: in memory up to ``mostInMemory``, beyond that in a file that
/// is gone with the last reference.
///
/// `@unchecked Sendable`: used by one task or thread at a time.
final class Spool: @unchecked Sendable {
    private var bytes: [UInt8] = []
    private var file: TemporaryFile?

    static let mostInMemory = 65_536
    /// Files at once; a client that reads slowly holds one, and a tenant half of them at most.
    static let mostFiles = 64
    private static let files = MemoryBudget { mostFiles }
    private let room: MemoryRoom

    init(for tenant: TenantID) { room = Self.files.room(for: tenant) }

    /// - Throws: ``BoardError`` when the disk is full, or too many files are open.
    func append(_ more: some Collection<UInt8>) throws(BoardError) {
        bytes.append(contentsOf: more)
        if bytes.count > Self.mostInMemory { try flush() }
    }

    private func flush() throws(BoardError) {
        if file == nil { file = try open() }
        guard let file else { return }
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(TemporaryFileError) in try file.append(bytes) }
        }
        do { try result.get() } catch { throw Self.failure(error) }
        bytes.removeAll(keepingCapacity: true)
    }

    private func open() throws(BoardError) -> TemporaryFile {
        guard room.grow(to: 1) else { throw .failed(.busy(retryAfter: .seconds(1))) }
        do { return try TemporaryFile() } catch { throw Self.failure(error) }
    }

    private static func failure(_ error: TemporaryFileError) -> BoardError {
        .failed(error.number == ENOSPC || error.number == EDQUOT ? .full : .broken(error.description))
    }

    private func read(_ range: Range<Int>) throws -> ByteBuffer {
        var piece = ByteBuffer()
        try piece.writeWithUnsafeMutableBytes(minimumWritableBytes: range.count) { room in
            let room = UnsafeMutableRawBufferPointer(rebasing: room.prefix(range.count))
            guard let file, try file.read(at: range.lowerBound, into: room) == range.count else {
                throw ChannelError.eof
            }
            return range.count
        }
        return piece
    }

    /// What was appended, as the answer to a request.
    ///
    /// The part in a file takes no memory, and so is not counted by ``Answers``: there, a body without a length is not.
    ///
    /// - Throws: ``BoardError`` when the disk is full.
    func response(_ headers: HTTPFields) throws(BoardError) -> Response {
        if file != nil { try flush() }
        guard let length = file?.count else {
            return Response(status: .ok, headers: headers, body: ResponseBody(inPieces: bytes))
        }
        bytes = []
        var headers = headers
        headers[.contentLength] = String(length)
        let body = ResponseBody { [self] writer in
            // The disk may take its time: not on the connection's event loop.
            try await withTaskExecutorPreference(globalConcurrentExecutor) {
                for start in stride(from: 0, to: length, by: Answers.piece) {
                    try await writer.write(try read(start..<min(start + Answers.piece, length)))
                    try await ConnectionLoop.catchUp()
                }
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}
