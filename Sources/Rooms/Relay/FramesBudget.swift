/// Bounds the recent frames of all tenants together: those of the tenant whose frames were used longest ago go first.
///
/// A use is an event that is added, or a page that is read. Lives inside the relay's lock; no step depends on how many
/// tenants there are.
struct FramesBudget {
    /// The memory that all frames take, as ``EventFrame/footprint`` counts it.
    private(set) var footprint = 0
    // The memories are linked from the one used longest ago to the one used last. The relay's table owns them, and
    // removes them from here before it lets them go.
    private unowned var oldest: TenantMemory?
    private unowned var newest: TenantMemory?

    /// Notes that the frames of `memory` were used or have changed, and keeps all of them within `limit`.
    mutating func use(_ memory: TenantMemory, within limit: Int) {
        if newest !== memory {
            unlink(memory)
            memory.usedBefore = newest
            newest?.usedAfter = memory
            newest = memory
            if oldest == nil { oldest = memory }
        }
        count(memory)
        while footprint > limit, let least = oldest {
            if least === newest {
                least.shrinkFrames(to: limit)
                count(least)
                return
            }
            least.dropFrames()
            remove(least)
        }
    }

    /// Forgets `memory`, whose frames no longer count.
    mutating func remove(_ memory: TenantMemory) {
        footprint -= memory.countedFootprint
        memory.countedFootprint = 0
        unlink(memory)
    }

    private mutating func count(_ memory: TenantMemory) {
        footprint += memory.recent.footprint - memory.countedFootprint
        memory.countedFootprint = memory.recent.footprint
    }

    private mutating func unlink(_ memory: TenantMemory) {
        if oldest === memory { oldest = memory.usedAfter }
        if newest === memory { newest = memory.usedBefore }
        memory.usedBefore?.usedAfter = memory.usedAfter
        memory.usedAfter?.usedBefore = memory.usedBefore
        (memory.usedBefore, memory.usedAfter) = (nil, nil)
    }
}
