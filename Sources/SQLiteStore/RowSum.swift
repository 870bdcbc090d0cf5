/// A checksum over what a row says, which is kept in the row: SQLite's own checks see that a page is well formed, and
/// not that a letter in it has changed.
///
/// Rows that were written before there were checksums have none, and are taken as they are. A row that is changed by
/// hand needs `sum = NULL`.
///
/// Each step is a bijection of the state, so that a change of eight bytes or fewer is always seen, and any other but
/// once in 2⁶⁴. It is no protection against somebody who wants to deceive.
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
        // What is empty and what is zero, and where one text ends and the next begins, are different too.
        add(bytes.count)
    }

    private mutating func mix(_ word: UInt64) {
        state = (state ^ word) &* 0xD6E8_FEB8_6659_FD93
        state ^= state >> 32
    }
}
