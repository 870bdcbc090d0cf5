/// How much of some bytes is UTF-8 (Unicode, table 3-7).
struct UTF8Survey {
    /// Sequences of two bytes or more.
    private(set) var sequences = 0
    /// Bytes that belong to no sequence.
    private(set) var bad = 0

    var isASCII: Bool { sequences == 0 && bad == 0 }

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        let raw = UnsafeRawBufferPointer(bytes)
        var index = 0
        while index < bytes.count {
            // Most of most files is ASCII: eight bytes at a time.
            if index + 8 <= bytes.count,
                raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
                continue
            }
            let length = Self.length(at: index, of: bytes)
            if length > 1 { sequences += 1 }
            if length == 0 { bad += 1 }
            index += max(1, length)
        }
    }

    /// The length of the sequence that begins at `index`; 0 when none does.
    static func length(at index: Int, of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let first = bytes[index]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0..<0x80: return 1
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard index + length <= bytes.count, second ~= bytes[index + 1] else { return 0 }
        for next in index + 2..<max(index + 2, index + length) where bytes[next] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
