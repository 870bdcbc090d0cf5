import Testing
import Text

@Suite struct HexTests {
    @Test func `classes of bytes hold ASCII alone`() {
        for byte in UInt8.min ... .max {
            let scalar = Unicode.Scalar(byte)
            #expect(byte.isASCIIDigit == ("0"..."9" ~= scalar))
            #expect(byte.isASCIILowercase == ("a"..."z" ~= scalar))
            #expect(byte.isASCIILetter == ("a"..."z" ~= scalar || "A"..."Z" ~= scalar))
            #expect(byte.isASCIIAlphanumeric == (byte.isASCIILetter || byte.isASCIIDigit))
        }
    }

    @Test func `a digit is read where it is one, small or capital as asked`() {
        for byte in UInt8.min ... .max {
            let value = byte < 0x80 ? Character(Unicode.Scalar(byte)).hexDigitValue : nil
            let isCapital = 0x41...0x5A ~= byte
            #expect(byte.hexValue.map(Int.init) == value)
            #expect(byte.lowercaseHexValue.map(Int.init) == (isCapital ? nil : value))
            #expect(byte.isLowercaseHexDigit == (value != nil && !isCapital))
        }
        #expect(String(decoding: (0..<16).map(UInt8.hexDigit), as: UTF8.self) == "0123456789abcdef")
    }

    @Test(arguments: [0, 1, 0xA, 0x9F03_C1AA, 0x0123_4567, .max] as [UInt32])
    func `a number reads back from all its digits`(number: UInt32) {
        #expect(number.hexDigits.utf8.count == 8)
        #expect(UInt32(number.hexDigits, radix: 16) == number)
        #expect(UInt32(hexDigits: number.hexDigits.utf8) == number)
    }

    @Test func `digits of every width are written in full`() {
        #expect(UInt8(0xA).hexDigits == "0a" && UInt64(0xAB).hexDigits == "00000000000000ab")
        #expect(UInt64.max.hexDigits == "ffffffffffffffff" && UInt64(hexDigits: "ffffffffffffffff".utf8) == .max)
    }

    @Test(arguments: ["", "9f03c1a", "9f03c1aa0", "9F03C1AA", "+9f03c1a", "-9f03c1a", " 9f03c1a", "9f03c1ag", "９f03c1"])
    func `anything but so many small digits is refused`(text: String) {
        #expect(UInt32(hexDigits: text.utf8) == nil)
    }
}
