import Foundation

/// Checks whether a write-ahead log is damaged in its middle.
///
/// SQLite reads a log up to its first bad frame, which is where a crash tore it, and discards what follows. When whole
/// transactions follow, the cause was not a crash, since each was begun after the one before it was on disk. Without
/// this check they would be lost silently.
///
/// Holds for `synchronous=FULL` alone. The format is that of https://www.sqlite.org/fileformat2.html#the_write_ahead_log.
struct WALCheck {
    private static let header = 32
    private static let frameHeader = 24

    private let bytes: UnsafeRawBufferPointer
    private let isBigEndian: Bool
    private let page: Int

    /// - Throws: ``SQLiteStoreError/damaged(path:reason:)``. A log that can't be read is SQLite's to refuse.
    static func run(_ path: String) throws(SQLiteStoreError) {
        let name = path + "-wal"
        var status = stat()
        guard stat(name, &status) == 0, FileObstacle.kind(status) == nil,
            let data = try? Data(contentsOf: URL(fileURLWithPath: name), options: .alwaysMapped)
        else { return }
        guard let fault = data.withUnsafeBytes({ fault(in: $0) }) else { return }
        throw .damaged(path: path, reason: "\(name): \(fault)")
    }

    static func fault(in bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.count > header else { return nil }
        guard let check = WALCheck(bytes) else {
            return bytes[..<header].allSatisfy { $0 == 0 } ? nil : "its header is damaged"
        }
        return check.faultOfFrames()
    }

    /// Nil when the header is invalid.
    private init?(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        let magic = Self.word(bytes, 0)
        guard magic & ~1 == 0x377F_0682 else { return nil }
        isBigEndian = magic & 1 == 1
        page = Int(Self.word(bytes, 8))
        guard 512...65_536 ~= page, page & (page - 1) == 0 else { return nil }
        guard sum(after: SIMD2(0, 0), 0..<24) == pair(24) else { return nil }
    }

    private func faultOfFrames() -> String? {
        let size = Self.frameHeader + page
        let count = (bytes.count - Self.header) / size
        var sum = pair(24)
        var firstBad: Int?
        /// After the first bad frame: the ends of transactions, and whether one of them is whole.
        var ends = 0
        var isWhole = false
        for index in 0..<count {
            let start = Self.header + index * size
            let isOfThisLog = pair(start + 8) == pair(16)
            let isNextOfThisLog = index + 1 < count && pair(start + size + 8) == pair(16)
            // Left over from the log's last round, as is all that follows.
            if !isOfThisLog, !isNextOfThisLog, firstBad == nil { return nil }
            let stored = pair(start + 16)
            let own = self.sum(after: self.sum(after: sum, start..<start + 8), start + 24..<start + size)
            let isGood = isOfThisLog && own == stored
            if !isGood, firstBad == nil { firstBad = index }
            if firstBad != nil, isOfThisLog, Self.word(bytes, start + 4) != 0 {
                ends += 1
                if isGood { isWhole = true }
            }
            sum = stored
        }
        guard let firstBad, ends > 1, isWhole else { return nil }
        return "frame \(firstBad + 1) of \(count) is damaged, and transactions come after it"
    }

    private func pair(_ offset: Int) -> SIMD2<UInt32> {
        SIMD2(Self.word(bytes, offset), Self.word(bytes, offset + 4))
    }

    /// The cumulative checksum, over words in the byte order that the header gives.
    private func sum(after sum: SIMD2<UInt32>, _ range: Range<Int>) -> SIMD2<UInt32> {
        var (first, second) = (sum.x, sum.y)
        var offset = range.lowerBound
        while offset < range.upperBound {
            first = first &+ second &+ load(offset)
            second = second &+ first &+ load(offset + 4)
            offset += 8
        }
        return SIMD2(first, second)
    }

    private func load(_ offset: Int) -> UInt32 {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
