import NIOCore
import NIOPosix
import NIOSSL
import Text

/// Opens a WebSocket as a browser does (RFC 6455 §4.1), byte by byte, and waits for its first event.
struct SocketProbe: Sendable {
    enum Outcome: Equatable {
        /// The first event came.
        case open
        /// It was opened, and no event came.
        case silent
        /// Answered with this status line, or with nothing.
        case refused(String)
        case unreachable(String)
    }

    let server: ServerURL
    let token: String
    let patience: Duration

    /// Bytes of an answer that are looked at.
    private static let mostRead = 65_536

    func open() async -> Outcome {
        do {
            let channel = try await connect()
            return try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: request))
                var answer = ""
                for try await bytes in inbound {
                    answer += String(buffer: bytes)
                    if answer.contains("\"connection.established\"") { return .open }
                    if answer.utf8.count > Self.mostRead || !answer.hasPrefix("HTTP/1.1 101".prefix(answer.count)) {
                        break
                    }
                }
                let line = answer.prefix { !$0.isNewline }
                return line.hasPrefix("HTTP/1.1 101") ? .silent : .refused(String(line))
            }
        } catch {
            return .unreachable(NetworkProblem.words(for: error))
        }
    }

    private var isSecure: Bool { server.scheme == "https" }

    private var request: String {
        let authority = server.host + (server.port.map { ":\($0)" } ?? "")
        return """
            GET \(server.path)/ws/connect HTTP/1.1\r
            Host: \(authority)\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
            Authorization: Bearer \(token)\r
            \r

            """
    }

    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let host = server.host.hasPrefix("[") ? String(server.host.dropFirst().dropLast()) : server.host
        let patience = TimeAmount(patience)
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(patience)
            .connect(host: host, port: server.port ?? (isSecure ? 443 : 80)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if isSecure {
                        let context = try NIOSSLContext(configuration: HTTPClients.tls)
                        // An address is no name (RFC 6066 §3); it is compared with the certificate all the same.
                        let isName = (try? SocketAddress(ipAddress: host, port: 0)) == nil
                        try pipeline.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: isName ? host : nil))
                    }
                    // Ends the wait for an answer that does not come.
                    channel.eventLoop.assumeIsolated().scheduleTask(in: patience) { channel.close(promise: nil) }
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }
}
