import Glibc
import NIOCore

/// Makes the sockets that the gateway listens on: one for each event loop, among which the kernel spreads the connections,
/// so that none has to change its thread.
enum ListeningSocket {
    /// Connections that the kernel holds until they are accepted.
    static let backlog = CInt(4096)

    /// - Returns: `count` descriptors that listen at the same address, and its port. The first was bound alone, so that an
    ///   address at which another process listens is refused as usual.
    /// - Throws: `IOError`.
    static func open(at address: SocketAddress, count: Int) throws -> (descriptors: [CInt], port: Int?) {
        var sockets: [CInt] = []
        var address = address
        do {
            for _ in 0..<count {
                let socket = try call("socket") { Glibc.socket(address.protocol.family, listening, 0) }
                sockets.append(socket)
                try set(SO_REUSEADDR, of: socket)
                if sockets.count > 1 { try set(SO_REUSEPORT, of: socket) }
                try call("bind") { address.withSockAddr { Glibc.bind(socket, $0, socklen_t($1)) } }
                if sockets.count == 1 {
                    address = try bound(socket, like: address)
                    // From here on others of this process may share it.
                    if count > 1 { try set(SO_REUSEPORT, of: socket) }
                }
                try call("listen") { Glibc.listen(socket, backlog) }
            }
        } catch {
            for socket in sockets { close(socket) }
            throw error
        }
        return (sockets, address.port)
    }

    private static let listening = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)

    /// The address with the port that the system has chosen.
    private static func bound(_ socket: CInt, like address: SocketAddress) throws -> SocketAddress {
        guard address.port == 0 else { return address }
        // A `sockaddr_in` or `sockaddr_in6`: in both the port is the second number of 16 bits.
        var bytes = [UInt8](repeating: 0, count: 64)
        var size = socklen_t(bytes.count)
        try call("getsockname") {
            bytes.withUnsafeMutableBytes {
                getsockname(socket, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
            }
        }
        var found = address
        found.port = Int(bytes[2]) << 8 | Int(bytes[3])
        return found
    }

    private static func set(_ option: CInt, of socket: CInt) throws {
        var one = CInt(1)
        try call("setsockopt") { setsockopt(socket, SOL_SOCKET, option, &one, socklen_t(MemoryLayout<CInt>.size)) }
    }

    @discardableResult
    private static func call(_ name: String, _ body: () -> CInt) throws -> CInt {
        let result = body()
        if result < 0 { throw IOError(errnoCode: errno, reason: name) }
        return result
    }
}

extension NIOBSDSocket.ProtocolFamily {
    fileprivate var family: CInt { self == .inet6 ? AF_INET6 : AF_INET }
}
