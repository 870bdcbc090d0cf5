import Text

/// The first bytes of a connection whose proxy speaks the PROXY protocol, versions 1 and 2
/// (haproxy.org/download/3.0/doc/proxy-protocol.txt). A value; bytes are passed in.
enum ProxyHeader: Equatable {
    /// More bytes are needed.
    case incomplete
    /// - Parameters:
    ///   - client: who has connected to the proxy; nil where the proxy speaks for itself.
    ///   - length: the header's bytes.
    case complete(client: ClientAddress?, length: Int)
    /// It is no such header, and never becomes one.
    case malformed

    /// The longest header that is taken; what a proxy adds to the addresses is passed over.
    static let longest = 4096

    init(_ bytes: some Collection<UInt8>) {
        let signature = Self.signature
        if bytes.prefix(signature.count).elementsEqual(signature.prefix(bytes.count)) {
            self = bytes.count < 16 ? .incomplete : Self.second(Array(bytes.prefix(Self.longest)))
        } else {
            self = Self.first(bytes)
        }
    }

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    /// The longest line of version 1, with its end.
    static let longestLine = 107

    /// Version 1: `PROXY TCP4 203.0.113.7 10.0.0.2 41234 8788` and CRLF.
    private static func first(_ bytes: some Collection<UInt8>) -> ProxyHeader {
        let start = Array("PROXY ".utf8)
        guard bytes.prefix(start.count).elementsEqual(start.prefix(bytes.count)) else { return .malformed }
        let line = Array(bytes.prefix(longestLine))
        guard let end = line.firstIndex(of: 0x0A) else { return line.count < longestLine ? .incomplete : .malformed }
        guard end > 0, line[end - 1] == 0x0D, line[..<(end - 1)].allSatisfy({ 0x20...0x7E ~= $0 }) else {
            return .malformed
        }
        let words = String(decoding: line[..<(end - 1)], as: UTF8.self)
            .split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if words.count >= 2, words[1] == "UNKNOWN" { return .complete(client: nil, length: end + 1) }
        guard words.count == 6, ["TCP4", "TCP6"].contains(words[1]), isPort(words[4]), isPort(words[5]) else {
            return .malformed
        }
        let isOfKind = { (text: String) in words[1] == "TCP4" ? text.isIPv4Address : text.isIPv6Address }
        guard isOfKind(words[2]), isOfKind(words[3]), let client = ClientAddress(words[2]) else { return .malformed }
        return .complete(client: client, length: end + 1)
    }

    private static func isPort(_ text: String) -> Bool {
        guard let port = Int(digits: text) else { return false }
        return port <= 65_535 && String(port) == text
    }

    /// Version 2: the signature, a version and command, a family, a length, and the addresses.
    private static func second(_ bytes: [UInt8]) -> ProxyHeader {
        let length = 16 + Int(bytes[14]) << 8 + Int(bytes[15])
        guard length <= longest else { return .malformed }
        let isLocal: Bool
        switch bytes[12] {
        case 0x20: isLocal = true
        case 0x21: isLocal = false
        default: return .malformed
        }
        // Bytes of the source address, which come first; those of all addresses and ports.
        let (source, all) =
            switch bytes[13] {
            case 0x00: (0, 0)
            case 0x11: (4, 12)
            case 0x21: (16, 36)
            case 0x31: (0, 216)
            default: (-1, 0)
            }
        guard isLocal || source >= 0, isLocal || length >= 16 + all else { return .malformed }
        guard bytes.count >= length else { return .incomplete }
        let client = isLocal || source == 0 ? nil : ClientAddress(networkOrder: bytes[16..<(16 + source)])
        return .complete(client: client, length: length)
    }
}
