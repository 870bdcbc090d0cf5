import COpenSSL

/// SHA-256 (FIPS 180-4), 32 bytes.
public func sha256(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBufferPointer { sha256($0) } }

/// SHA-256 (FIPS 180-4), 32 bytes.
public func sha256(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let isDone = EVP_Digest(bytes.baseAddress, bytes.count, &digest, nil, HashFunction.sha256.pointer, nil)
    precondition(isDone == 1, "SHA-256 of bytes in memory cannot fail")
    return digest
}
