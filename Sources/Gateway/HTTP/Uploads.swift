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

    /// The body of a request, which may be coded with gzip or deflate.
    ///
    /// - Parameter limit: bytes of the body, as it comes and as it is without its coding; what a small body comes to
    ///   is on the disk beyond ``TaskFiles/FileSpool/held``.
    /// - Throws: ``Problem`` 413 for more than `limit` bytes, 415, 400; ``TaskFiles/TemporaryFileError``.
    func bytes(of request: Request, upTo limit: Int) async throws -> SharedBytes {
        let coding = try ContentCoding(of: request.headers)
        if let length = request.length, length > limit { throw Problem.fileTooLarge }
        let spool = FileSpool()
        let inflater = coding.map(Inflater.init)
        var piece = ByteBuffer()
        var taken = 0
        for try await part in request.body {
            taken += part.readableBytes
            guard taken <= limit else { throw Problem.fileTooLarge }
            piece.writeImmutableBuffer(part)
            if piece.readableBytes >= Self.piece { try await append(&piece, to: spool, inflater, upTo: limit) }
        }
        // What is small and comes as it is needs no lane.
        guard spool.count > 0 || inflater != nil else { return SharedBytes(piece.readableBytesView) }
        try await append(&piece, to: spool, inflater, upTo: limit)
        guard inflater?.isAtEnd != false else { throw Problem.badCoding }
        return try await onLane { try spool.finish() }
    }

    private func append(
        _ piece: inout ByteBuffer, to spool: FileSpool, _ inflater: Inflater?, upTo limit: Int
    ) async throws {
        let full = piece
        piece = ByteBuffer()
        // One piece after the other uses the inflater.
        nonisolated(unsafe) let inflater = inflater
        try await onLane {
            guard let inflater else { return try full.withUnsafeReadableBytes { try spool.append($0) } }
            try inflater.inflate(full) { made in
                guard spool.count + made.readableBytes <= limit else { throw Problem.fileTooLarge }
                try made.withUnsafeReadableBytes { try spool.append($0) }
            }
        }
    }

    /// Runs `work` after that of other uploads.
    func onLane<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            lane.async { continuation.resume(with: Result { try work() }) }
        }
    }
}

extension Problem {
    static let fileTooLarge = Problem(
        .bodyTooLarge,
        "The file is longer than this server takes (http.maxImportBytes); what counts is what its Content-Encoding holds."
    ).with(.connection, "close")
}
