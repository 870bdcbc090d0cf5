extension UInt8 {
    /// The value of a hexadecimal digit in small letters; nil for any other byte.
    @inlinable public var lowercaseHexValue: UInt8? {
        if isASCIIDigit { return self &- 0x30 }
        return self &- 0x61 < 6 ? self &- 0x57 : nil
    }

    /// The value of a hexadecimal digit in small or capital letters; nil for any other byte.
    @inlinable public var hexValue: UInt8? { isASCIILetter ? (self | 0x20).lowercaseHexValue : lowercaseHexValue }

    /// Whether it is one of 0-9 and a-f.
    @inlinable public var isLowercaseHexDigit: Bool { lowercaseHexValue != nil }

    /// The digit, in small letters, of a value below 16.
    @inlinable public static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 &+ value : 0x57 &+ value }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// All its digits in small letters, leading zeros among them: 16 of a `UInt64`.
    @inlinable public var hexDigits: String {
        String(unsafeUninitializedCapacity: Self.bitWidth / 4) { digits in
            var rest = self
            for index in digits.indices.reversed() {
                digits[index] = UInt8.hexDigit(UInt8(truncatingIfNeeded: rest & 15))
                rest >>= 4
            }
            return digits.count
        }
    }

    /// Nil unless `digits` is what ``hexDigits`` makes: as many as the type has, in small letters.
    @inlinable public init?(hexDigits digits: some Collection<UInt8>) {
        guard digits.count == Self.bitWidth / 4 else { return nil }
        var value: Self = 0
        for byte in digits {
            guard let digit = byte.lowercaseHexValue else { return nil }
            value = value << 4 | Self(digit)
        }
        self = value
    }
}
