/// Where a task stands in its column: a text that sorts bytewise, with room for another between any two.
///
/// Fractional indexing in base 62, after David Greenspan's scheme: a head letter says how many digits its integer
/// part has (`a` two characters, `b` three, `Z` two below zero), a fraction may follow. Going on at either end costs
/// no length, so that a thousand tasks appended have ranks of three characters.
public struct Rank: Sendable, Hashable, Comparable {
    public let rawValue: String

    /// The longest rank that is given; beyond it all ranks of the column are replaced by short ones.
    static let longest = 200

    /// Nil unless `rawValue` is of the scheme.
    public init?(_ rawValue: String) {
        var text = rawValue
        let isRank = text.withUTF8 { bytes in
            guard let head = bytes.first, let length = Self.integerLength(head), length <= bytes.count else {
                return false
            }
            return bytes.allSatisfy { Self.digit($0) != nil }
                && (bytes.count == length || bytes.last != UInt8(ascii: "0"))
        }
        guard isRank else { return nil }
        self.rawValue = rawValue
    }

    private init(bytes: [UInt8]) { rawValue = String(decoding: bytes, as: UTF8.self) }

    public static func < (left: Rank, right: Rank) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }

    static let middle = Rank(bytes: Array("a0".utf8))

    /// A rank after `rank`, or the first rank of an empty column.
    static func following(_ rank: Rank?) -> Rank { between(rank, nil) }

    /// `count` ranks in ascending order, as short as they can be.
    static func spaced(_ count: Int) -> [Rank] {
        var ranks: [Rank] = []
        for _ in 0..<count { ranks.append(following(ranks.last)) }
        return ranks
    }

    /// Strictly between two ranks; nil stands for the open end.
    ///
    /// - Precondition: `low < high`.
    static func between(_ low: Rank?, _ high: Rank?) -> Rank {
        switch (low.map(Parts.init), high.map(Parts.init)) {
        case (nil, nil): return middle
        case (let low?, nil):
            guard let next = incremented(low.integer) else {
                return Rank(bytes: low.integer + midpoint(low.fraction[...], nil))
            }
            return Rank(bytes: next)
        case (nil, let high?):
            if !high.fraction.isEmpty { return Rank(bytes: high.integer) }
            guard let previous = decremented(high.integer) else { preconditionFailure("no rank before the first") }
            return Rank(bytes: previous)
        case (let low?, let high?):
            precondition(low.integer.lexicographicallyPrecedes(high.integer) || low.integer == high.integer)
            if low.integer == high.integer {
                return Rank(bytes: low.integer + midpoint(low.fraction[...], high.fraction[...]))
            }
            if let next = incremented(low.integer), next != high.integer || !high.fraction.isEmpty {
                return Rank(bytes: next)
            }
            return Rank(bytes: low.integer + midpoint(low.fraction[...], nil))
        }
    }

    private struct Parts {
        let integer: [UInt8]
        let fraction: [UInt8]

        init(_ rank: Rank) {
            let bytes = Array(rank.rawValue.utf8)
            let length = integerLength(bytes[0])!
            integer = Array(bytes[..<length])
            fraction = Array(bytes[length...])
        }
    }

    /// The shortest fraction between two, where an empty `low` is 0 and a nil `high` is 1.
    private static func midpoint(_ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>?) -> [UInt8] {
        var low = low
        var high = high
        var result: [UInt8] = []
        while true {
            let lowDigit = low.first.map { digit($0)! } ?? 0
            let highDigit = high.map { digit($0.first!)! } ?? 62
            if lowDigit == highDigit {
                result.append(digits[lowDigit])
                high = high!.dropFirst()
            } else if highDigit - lowDigit > 1 {
                result.append(digits[(lowDigit + highDigit) / 2])
                return result
            } else if let high, high.count > 1 {
                result.append(high.first!)
                return result
            } else {
                result.append(digits[lowDigit])
                high = nil
            }
            low = low.dropFirst()
        }
    }

    private static func incremented(_ integer: [UInt8]) -> [UInt8]? {
        var integer = integer
        for index in integer.indices.dropFirst().reversed() {
            let value = digit(integer[index])! + 1
            integer[index] = digits[value % 62]
            if value < 62 { return integer }
        }
        switch integer[0] {
        case UInt8(ascii: "Z"): return Array("a0".utf8)
        case UInt8(ascii: "z"): return nil
        case UInt8(ascii: "a")...: integer.append(UInt8(ascii: "0"))
        default: integer.removeLast()
        }
        integer[0] += 1
        return integer
    }

    private static func decremented(_ integer: [UInt8]) -> [UInt8]? {
        var integer = integer
        for index in integer.indices.dropFirst().reversed() {
            let value = digit(integer[index])! + 61
            integer[index] = digits[value % 62]
            if value >= 62 { return integer }
        }
        switch integer[0] {
        case UInt8(ascii: "a"): return Array("Zz".utf8)
        case UInt8(ascii: "A"): return nil
        case ..<UInt8(ascii: "a"): integer.append(UInt8(ascii: "z"))
        default: integer.removeLast()
        }
        integer[0] -= 1
        return integer
    }

    private static func integerLength(_ head: UInt8) -> Int? {
        switch head {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(head - UInt8(ascii: "a")) + 2
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(UInt8(ascii: "Z") - head) + 2
        default: nil
        }
    }

    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A")) + 10
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 36
        default: nil
        }
    }
}
