import NIOSSL
import Synchronization

/// What the server proves itself with: a chain of certificates and its key, read from PEM files. Safe to use from any
/// thread.
///
/// TLS 1.2 and later (RFC 8446, RFC 9325); by ALPN (RFC 7301) a client chooses HTTP/2 or HTTP/1.1. A connection keeps
/// what it began with; new ones get what was read last.
public final class ServerCertificate: Sendable {
    public let certificateFile: String
    public let keyFile: String
    private let state: Mutex<Contents>

    private struct Contents {
        let context: NIOSSLContext
        let endsAt: Int
    }

    /// - Throws: ``CertificateError``
    public init(certificateFile: String, keyFile: String) throws(CertificateError) {
        (self.certificateFile, self.keyFile) = (certificateFile, keyFile)
        state = Mutex(try Self.read(certificateFile, keyFile))
    }

    /// Reads the files again.
    ///
    /// - Throws: ``CertificateError``, and then what was read last stays in use.
    public func reload() throws(CertificateError) {
        let fresh = try Self.read(certificateFile, keyFile)
        state.withLock { $0 = fresh }
    }

    /// When the first certificate of the chain ends, in seconds since 1970.
    public var endsAt: Int { state.withLock(\.endsAt) }

    var context: NIOSSLContext { state.withLock(\.context) }

    private static func read(_ certificateFile: String, _ keyFile: String) throws(CertificateError) -> Contents {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMFile(certificateFile) } catch {
            throw .unreadable(certificateFile, "no certificate in PEM can be read from it")
        }
        guard let first = chain.first else { throw .unreadable(certificateFile, "there is no certificate in it") }
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(file: keyFile, format: .pem) } catch {
            throw .unreadable(keyFile, "no private key in PEM, without a passphrase, can be read from it")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        do {
            return Contents(context: try NIOSSLContext(configuration: configuration), endsAt: Int(first.notValidAfter))
        } catch {
            throw .mismatch(certificateFile, keyFile)
        }
    }
}

/// Why the server has no certificate. Says which file to look at, and nothing of what is in it.
public enum CertificateError: Error, CustomStringConvertible, Equatable {
    case unreadable(String, String)
    case mismatch(String, String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): \(reason)"
        case .mismatch(let certificate, let key): "\(key) is not the key of the first certificate in \(certificate)"
        }
    }
}
