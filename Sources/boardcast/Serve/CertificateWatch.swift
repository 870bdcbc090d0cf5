import Gateway
import Glibc
import Logging
import ServiceLifecycle

/// Reads the server's certificate again when its files have changed, as whoever renews it leaves them. Open connections go
/// on with what they began with.
struct CertificateWatch: Service {
    let certificate: ServerCertificate?
    let logger: Logger

    private static let pause = Duration.seconds(5)

    func run() async throws {
        guard let certificate else { return try await gracefulShutdown() }
        var used = stamp(certificate)
        var refused: [Stamp] = []
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
            let found = stamp(certificate)
            guard found != used else { continue }
            do throws(CertificateError) {
                try certificate.reload()
                used = found
                logger.notice("certificate read anew", metadata: ["path": "\(certificate.certificateFile)"])
            } catch {
                // While one file is new and the other not yet, they do not fit; tried again until they do.
                if found != refused {
                    logger.warning("the certificate stays as it was", metadata: ["reason": "\(error)"])
                }
                refused = found
            }
        }
    }

    /// What changes when a file is written or replaced.
    private struct Stamp: Equatable {
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    private func stamp(_ certificate: ServerCertificate) -> [Stamp] {
        [certificate.certificateFile, certificate.keyFile].map { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return Stamp(inode: 0, size: 0, seconds: 0, nanoseconds: 0) }
            return Stamp(
                inode: UInt(status.st_ino), size: Int(status.st_size), seconds: status.st_mtim.tv_sec,
                nanoseconds: status.st_mtim.tv_nsec)
        }
    }
}
