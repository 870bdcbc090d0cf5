import COpenSSL

/// SHA-1 (FIPS 180-4), 20 bytes: for the handshake of WebSockets, which proves nothing by it (RFC 6455 §1.3).
public func sha1(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 20)
    let isDone = EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil)
    precondition(isDone == 1, "SHA-1 of bytes in memory cannot fail")
    return digest
}
