import Client
import ServerSettings
import Tokens

extension ImportFile {
    /// Reads the file at `path`; `-` is stdin.
    ///
    /// - Throws: ``Failure`` of usage when it can't be read or is too long.
    init(_ path: String) throws(Failure) {
        do throws(FileError) {
            self.init(bytes: try SmallFile.read(path == "-" ? "/dev/stdin" : path, upTo: Self.longest))
        } catch {
            throw Failure(.usage, error.description)
        }
    }

    /// An `Idempotency-Key` that is the same for the same file, so that it is not imported twice by accident.
    var key: String { "file-" + Base64URL.encode(sha256(bytes)) }
}
