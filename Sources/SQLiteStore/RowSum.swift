import Events

/// A checksum of a row's values, kept in the row: SQLite's own checks find malformed pages, but not a changed letter.
///
/// Rows that were written before checksums were introduced have none, and are accepted without one. A row that is
/// changed by hand needs `sum = NULL`.
///
/// Each step is a bijection of the state, so that a change of at most eight bytes is always detected, and any other
/// with a probability of 1 − 2⁻⁶⁴. It does not protect against deliberate forgery.
struct RowSum {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// As it is stored.
    var value: Int { Int(bitPattern: UInt(state)) }

    /// - Parameter tenant: the tenant whose row it is, so that no row passes for another tenant's.
    init(tenant: Int) { add(tenant) }
    init(tenant: String) { add(tenant) }

    mutating func add(_ number: Int) { mix(UInt64(bitPattern: Int64(number))) }

    mutating func add(_ number: Int?) {
        add(number == nil ? 0 : 1)
        if let number { add(number) }
    }

    /// Nothing for an unknown one: rows from before epochs were logged have sums without it.
    mutating func add(_ epoch: Epoch) {
        if epoch != .unknown { add(Int(epoch.rawValue)) }
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    mutating func add(_ text: String?) {
        add(text == nil ? 0 : 1)
        if let text { add(text) }
    }

    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while offset + 8 <= bytes.count {
            mix(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        mix(rest)
        // The count distinguishes empty from zero, and marks where one text ends and the next begins.
        add(bytes.count)
    }

    private mutating func mix(_ word: UInt64) {
        state = (state ^ word) &* 0xD6E8_FEB8_6659_FD93
        state ^= state >> 32
    }
}
