extension UInt8 {
    /// Whether it is one of 0-9.
    @inlinable public var isASCIIDigit: Bool { self &- 0x30 < 10 }

    /// Whether it is one of a-z.
    @inlinable public var isASCIILowercase: Bool { self &- 0x61 < 26 }

    /// Whether it is one of a-z and A-Z.
    @inlinable public var isASCIILetter: Bool { (self | 0x20).isASCIILowercase }

    /// Whether it is one of a-z, A-Z and 0-9.
    @inlinable public var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }
}
