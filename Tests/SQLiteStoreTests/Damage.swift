import TestSupport

/// One way in which a disk changes what was written to it.
enum Damage: CaseIterable {
    case bit, byte, run, zeros, noise, misplaced

    /// Changes `bytes` at a place of chance. What it was is told for whoever repeats it.
    func strike(_ bytes: inout [UInt8], by random: inout SplitMix) -> String {
        let offset = Int.random(in: 0..<bytes.count, using: &random)
        let sector = offset & ~511
        switch self {
        case .bit: bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .byte: bytes[offset] = UInt8.random(in: 0...255, using: &random)
        case .run:
            for index in offset..<min(bytes.count, offset + Int.random(in: 2...64, using: &random)) {
                bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
        case .zeros: for index in sector..<min(bytes.count, sector + 512) { bytes[index] = 0 }
        case .noise:
            for index in sector..<min(bytes.count, sector + 512) {
                bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
        case .misplaced:
            let other = Int.random(in: 0..<bytes.count, using: &random) & ~511
            let count = min(512, bytes.count - max(sector, other))
            let copy = Array(bytes[other..<other + count])
            bytes.replaceSubrange(sector..<sector + count, with: copy)
        }
        return "\(self) at \(offset)"
    }
}
