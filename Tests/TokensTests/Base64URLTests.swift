import TestSupport
import Testing

@testable import Tokens

@Suite struct Base64URLTests {
    static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    @Test func `the examples of RFC 4648 hold, without their padding`() {
        for (bytes, text) in [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ] {
            #expect(Base64URL.encode(Array(bytes.utf8)) == text)
            #expect(Base64URL.decode(text) == Array(bytes.utf8))
        }
        #expect(Base64URL.encode([0xFB, 0xFF, 0xFE]) == "-__-")
    }

    @Test func `what is encoded decodes to the same, at every length`() {
        var random = SplitMix(seed: 4648)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }

    @Test func `of all texts of two letters just one stands for each byte`() {
        var seen: [[UInt8]: Int] = [:]
        for first in Self.letters {
            for second in Self.letters {
                if let bytes = Base64URL.decode(String([first, second])) { seen[bytes, default: 0] += 1 }
            }
        }
        #expect(seen.count == 256)
        #expect(seen.values.allSatisfy { $0 == 1 })
    }

    @Test func `of the texts of three letters just one stands for each pair of bytes`() {
        for last in Self.letters.enumerated() {
            #expect((Base64URL.decode("Zm" + String(last.element)) != nil) == (last.offset % 4 == 0))
        }
    }

    @Test func `no byte outside the alphabet is taken, wherever it stands`() {
        for byte in UInt8.min...UInt8.max where !Self.letters.contains(Character(Unicode.Scalar(byte))) {
            for place in 0..<7 {
                var text = Array("Zm9vYmE".utf8)
                text[place] = byte
                var room = [UInt8](repeating: 0, count: 8)
                let size = text.withUnsafeBytes { text in
                    room.withUnsafeMutableBufferPointer { Base64URL.decode(text, into: $0) }
                }
                #expect(size == nil, "byte \(byte) at \(place)")
            }
        }
    }

    @Test(arguments: ["Z", "Zm9vY", "Zg==", "Zm9v=", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v\r\n", "Zm+v", "Zm/v", "Ｚm9v"])
    func `a text that is not canonical stands for nothing`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
