public import Text

/// Gathers a file's bytes as they come: a small file in memory, a larger one on the disk.
///
/// Used by one thread at a time.
public final class FileSpool: @unchecked Sendable {
    /// Bytes that are held in memory; with one more all of them are written to the disk.
    public static let held = 256 << 10

    private var memory: [UInt8] = []
    private var file: TemporaryFile?
    public private(set) var count = 0

    public init() {}

    /// - Throws: ``TemporaryFileError`` when the disk does not take them.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(TemporaryFileError) {
        count += bytes.count
        if memory.count + bytes.count > Self.held { try flush() }
        if bytes.count > Self.held, let file { try file.append(bytes) } else { memory.append(contentsOf: bytes) }
    }

    func append(_ byte: UInt8) throws(TemporaryFileError) {
        count += 1
        if memory.count == Self.held { try flush() }
        memory.append(byte)
    }

    /// Ends it, and gives all of its bytes.
    public func finish() throws(TemporaryFileError) -> SharedBytes {
        guard let file else { return SharedBytes(memory) }
        try flush(to: file)
        return try file.bytes()
    }

    private func flush() throws(TemporaryFileError) {
        if let file { return try flush(to: file) }
        let file = try TemporaryFile()
        self.file = file
        try flush(to: file)
    }

    private func flush(to file: TemporaryFile) throws(TemporaryFileError) {
        try memory.withUnsafeBufferPointer { bytes throws(TemporaryFileError) in
            try file.append(UnsafeRawBufferPointer(bytes))
        }
        memory.removeAll(keepingCapacity: true)
    }
}
