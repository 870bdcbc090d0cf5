extension String {
    /// With all but the unreserved characters of RFC 3986 §2.3 percent-encoded, in capital letters.
    public var percentEncoded: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for byte in utf8 {
            if byte.isASCIIAlphanumeric || "-._~".utf8.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += "%\(byte.hexDigits.uppercased())".utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A part of a path (RFC 3986 §2.1), in which `+` is itself. Nil where an escape is broken or the bytes are not UTF-8.
    @inlinable public init?(percentDecoding text: some Collection<UInt8>) { self.init(decoding: text, space: nil) }

    /// A part of an `application/x-www-form-urlencoded` text, in which `+` is a space. Nil where an escape is broken or
    /// the bytes are not UTF-8.
    @inlinable public init?(formDecoding text: some Collection<UInt8>) {
        self.init(decoding: text, space: UInt8(ascii: "+"))
    }

    @inlinable init?(decoding text: some Collection<UInt8>, space: UInt8?) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case _ where byte == space: bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = iterator.next()?.hexValue, let low = iterator.next()?.hexValue else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        self.init(validating: bytes, as: UTF8.self)
    }
}
