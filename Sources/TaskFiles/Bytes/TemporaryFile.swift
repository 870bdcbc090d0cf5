import Glibc
import Text

/// A file without a name: it is gone with whoever holds it last, however the process ends.
///
/// It lies in `$TMPDIR`, `/var/tmp` or `/tmp`, the first of them in which one can be made. Used by one thread at a time.
public final class TemporaryFile {
    private let descriptor: Int32
    public private(set) var count = 0

    /// - Throws: ``TemporaryFileError`` when none of the directories takes a file.
    public init() throws(TemporaryFileError) {
        var failure = TemporaryFileError(number: ENOENT)
        let own = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        for directory in [own, "/var/tmp", "/tmp"] where !directory.isEmpty {
            var path = Array("\(directory)/boardcast-XXXXXX".utf8CString)
            let descriptor = mkstemp(&path)
            if descriptor >= 0 {
                unlink(path)
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                self.descriptor = descriptor
                return
            }
            failure = TemporaryFileError(number: errno)
        }
        throw failure
    }

    deinit { close(descriptor) }

    public func append(_ bytes: UnsafeRawBufferPointer) throws(TemporaryFileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw TemporaryFileError(number: errno) }
            rest = rest.dropFirst(written)
        }
        count += bytes.count
    }

    /// Fills `room` with what stands from `offset` on.
    ///
    /// - Returns: the bytes read; 0 at the end.
    public func read(at offset: Int, into room: UnsafeMutableRawBufferPointer) throws(TemporaryFileError) -> Int {
        let count = pread(descriptor, room.baseAddress, room.count, off_t(offset))
        guard count >= 0 else { throw TemporaryFileError(number: errno) }
        return count
    }

    /// What has been written; it outlives this object.
    func bytes() throws(TemporaryFileError) -> SharedBytes {
        guard count > 0 else { return SharedBytes([]) }
        let length = count
        let start = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start, start != MAP_FAILED else { throw TemporaryFileError(number: errno) }
        return SharedBytes(at: start, count: length) { munmap($0, length) }
    }
}

/// Why a file could not be put on the disk.
public struct TemporaryFileError: Error, Equatable, CustomStringConvertible {
    /// `errno`.
    public let number: Int32

    public var description: String { "a temporary file can't be written: \(String(cString: strerror(number)))" }
}
