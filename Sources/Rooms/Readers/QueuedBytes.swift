import Events
import NIOCore

/// The bytes that wait for the sockets of one event loop's readers, counted against a ``Events/MemoryBudget`` of all
/// loops.
///
/// Readers that were sent the same bytes share their memory, which counts once. `@unchecked Sendable`: used on its loop
/// alone.
final class QueuedBytes: @unchecked Sendable {
    private struct Shared {
        let room: MemoryRoom
        var readers = 1
    }

    private let budget: MemoryBudget
    private var shared: [Ticket: Shared] = [:]

    init(_ budget: MemoryBudget) { self.budget = budget }

    /// Names the memory that a reader's bytes are in, which stays theirs until the ticket is given back.
    struct Ticket: Hashable {
        fileprivate let address: UInt
    }

    /// Takes room for bytes that wait for a reader of `tenant`, until the ticket is given back.
    ///
    /// What is a small part of a large buffer is copied, so that the rest of the buffer can go.
    ///
    /// - Returns: the bytes to wait with; nil when there is no room.
    func hold(_ bytes: ByteBuffer, of tenant: TenantID) -> (bytes: ByteBuffer, ticket: Ticket)? {
        var bytes = bytes
        if bytes.readableBytes < bytes.storageCapacity / 2 { bytes = ByteBuffer(bytes: bytes.readableBytesView) }
        let ticket = bytes.withVeryUnsafeBytesWithStorageManagement { _, storage in
            Ticket(address: UInt(bitPattern: storage.toOpaque()))
        }
        if shared[ticket] != nil {
            shared[ticket]?.readers += 1
        } else {
            let room = budget.room(for: tenant)
            guard room.grow(to: bytes.storageCapacity) else { return nil }
            shared[ticket] = Shared(room: room)
        }
        return (bytes, ticket)
    }

    func giveBack(_ ticket: Ticket) {
        guard let readers = shared[ticket]?.readers else { return }
        shared[ticket]?.readers = readers - 1
        if readers == 1 { shared[ticket] = nil }
    }
}
