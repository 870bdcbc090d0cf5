/// The sockets of one loop, by their places.
struct LoopSockets {
    private struct Entry {
        var socket: (any LoopSocket)?
        var generation: UInt32 = 0
    }

    private var entries: ContiguousArray<Entry> = []
    private var free: ContiguousArray<UInt32> = []

    mutating func add(_ socket: any LoopSocket) -> LoopPlace {
        let slot = free.popLast() ?? UInt32(entries.count)
        if Int(slot) == entries.count { entries.append(Entry()) }
        entries[Int(slot)].socket = socket
        return LoopPlace(slot: slot, generation: entries[Int(slot)].generation)
    }

    mutating func remove(_ place: LoopPlace) {
        let slot = Int(place.slot)
        guard entries[slot].generation == place.generation, entries[slot].socket != nil else { return }
        entries[slot].socket = nil
        // The highest are the loop's own marks.
        entries[slot].generation = (entries[slot].generation + 1) & 0x7FFF_FFFF
        free.append(place.slot)
    }

    /// The socket whose place `data` is; nil when it has left.
    subscript(data: UInt64) -> (any LoopSocket)? {
        let slot = Int(data & 0xFFFF_FFFF)
        guard slot < entries.count, entries[slot].generation == UInt32(data >> 32) else { return nil }
        return entries[slot].socket
    }
}
