/// Base64url without padding (RFC 4648 §5, RFC 7515 §2), in the one canonical spelling.
///
/// Padding, white space, letters of the other alphabet and bits left over in the last letter are refused, so that no
/// two texts stand for the same bytes.
public enum Base64URL {
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits: UInt32 = 0
        var held: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            held += 8
            while held >= 6 {
                held -= 6
                text.append(letters[Int(bits >> held & 63)])
            }
        }
        if held > 0 { text.append(letters[Int(bits << (6 - held) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil when `text` is not the canonical spelling of any bytes.
    public static func decode(_ text: String) -> [UInt8]? {
        text.utf8.span.withUnsafeBytes { text in
            var isValid = true
            let bytes = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { buffer, count in
                if let size = decode(text, into: buffer) { count = size } else { isValid = false }
            }
            return isValid ? bytes : nil
        }
    }

    /// Writes the bytes that `text` stands for to the start of `output` and returns how many they are.
    ///
    /// - Precondition: `output` has room for `text.count * 3 / 4` bytes.
    static func decode(_ text: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        let size = text.count * 3 / 4
        precondition(output.count >= size)
        guard text.count % 4 != 1 else { return nil }
        return values.withUnsafeBufferPointer { values -> Int? in
            var seen: UInt8 = 0  // a byte that is no letter leaves its top bit here
            func bits(_ index: Int) -> UInt32 {
                let value = values[Int(text[index])]
                seen |= value
                return UInt32(value)
            }
            let whole = text.count & ~3
            var target = 0
            for index in stride(from: 0, to: whole, by: 4) {
                let group = bits(index) << 18 | bits(index + 1) << 12 | bits(index + 2) << 6 | bits(index + 3)
                output[target] = UInt8(truncatingIfNeeded: group >> 16)
                output[target + 1] = UInt8(truncatingIfNeeded: group >> 8)
                output[target + 2] = UInt8(truncatingIfNeeded: group)
                target += 3
            }
            var leftover: UInt32 = 0
            switch text.count - whole {
            case 2:
                let group = bits(whole) << 6 | bits(whole + 1)
                output[target] = UInt8(truncatingIfNeeded: group >> 4)
                leftover = group & 0xF
            case 3:
                let group = bits(whole) << 12 | bits(whole + 1) << 6 | bits(whole + 2)
                output[target] = UInt8(truncatingIfNeeded: group >> 10)
                output[target + 1] = UInt8(truncatingIfNeeded: group >> 2)
                leftover = group & 0x3
            default: break
            }
            return seen < 0x80 && leftover == 0 ? size : nil
        }
    }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// For each byte the six bits that it stands for, or 0x80.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0x80, count: 256)
        for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()
}
