import Events
import Glibc

/// Notifies systemd of the server's state (sd_notify(3)); does nothing when systemd did not start the process.
struct ServiceManager: Sendable {
    /// A path, or an abstract name that begins with U+0000; nil when there is no service manager.
    private let address: [UInt8]?

    /// - Parameter environment: its `NOTIFY_SOCKET` is read: `/PATH` or `@NAME`.
    init(_ environment: [String: String]) {
        var address = environment["NOTIFY_SOCKET"].map { Array($0.utf8) }
        if address?.first == UInt8(ascii: "@") { address?[0] = 0 }
        let isOne = address?.first.map { $0 == 0 || $0 == UInt8(ascii: "/") } ?? false
        self.address = isOne ? address : nil
    }

    func ready() { send("READY=1") }

    /// Reports that settings are being reloaded, until ``ready()`` is called.
    func reloading() { send("RELOADING=1\nMONOTONIC_USEC=\(Self.microseconds)") }

    func stopping() { send("STOPPING=1") }

    /// Sends one datagram; a failure to deliver it is ignored.
    private func send(_ state: String) {
        var name = sockaddr_un()
        guard let address, address.count < MemoryLayout.size(ofValue: name.sun_path) else { return }
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address) }
        // An abstract name has no terminator; a path ends with U+0000.
        let end = address[0] == 0 ? address.count : address.count + 1
        let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path)! + end)  // It is stored: it has a place.
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(state.utf8)
        _ = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }

    /// The time on the clock that systemd compares with.
    private static var microseconds: Int64 { Uptime.now().nanoseconds / 1000 }
}
