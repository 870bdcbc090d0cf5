import Dispatch
import Hummingbird
import NIOCore
import TaskFiles
import Text

/// Takes the files that requests bring: small ones in memory, larger ones on the disk.
///
/// Writing and looking through files is done one after the other on a queue of its own, so that the threads that answer
/// all requests never wait for the disk. ``Imports/ImportSlots`` bounds how many wait there.
struct Uploads: Sendable {
    private let lane = DispatchQueue(label: "boardcast-uploads")

    /// What is gathered before it is written.
    private static let piece = FileSpool.held

    /// The body of a request.
    ///
    /// - Throws: ``Problem`` 413 for more than `limit` bytes; ``TaskFiles/TemporaryFileError``.
    func bytes(of request: Request, upTo limit: Int) async throws -> SharedBytes {
        if let length = request.length, length > limit { throw Problem.bodyTooLarge }
        let spool = FileSpool()
        var piece = ByteBuffer()
        for try await part in request.body {
            guard spool.count + piece.readableBytes + part.readableBytes <= limit else { throw Problem.bodyTooLarge }
            piece.writeImmutableBuffer(part)
            if piece.readableBytes >= Self.piece { try await append(&piece, to: spool) }
        }
        if spool.count > 0 { try await append(&piece, to: spool) }
        guard spool.count > 0 else { return SharedBytes(piece.readableBytesView) }
        return try await onLane { try spool.finish() }
    }

    private func append(_ piece: inout ByteBuffer, to spool: FileSpool) async throws {
        let full = piece
        piece = ByteBuffer()
        try await onLane { try full.withUnsafeReadableBytes { try spool.append($0) } }
    }

    /// Runs `work` after that of other uploads.
    func onLane<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            lane.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
