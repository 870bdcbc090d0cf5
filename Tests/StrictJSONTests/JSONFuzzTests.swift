import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite struct JSONFuzzTests {
    /// Every kind of token, escape and UTF-8 length once.
    static let sample = Array(
        #"{"type":"task.created","seq":42,"n":[-0,1.5e-7,1E+2,true,false,null],"é":"\"\\\/\b\f\n\r\t\u0041\uD83D\uDE00","x":{"":[],"😀":{}}}"#
            .utf8)

    @Test func `every beginning of a text is refused`() {
        for count in 0..<Self.sample.count {
            #expect(throws: JSONError.self) { try JSONParser.parse(Self.sample[..<count]) }
        }
        #expect(throws: Never.self) { try JSONParser.parse(Self.sample) }
    }

    @Test func `every change of one byte is refused or read as what it is`() throws {
        var bytes = Self.sample
        for index in bytes.indices {
            for byte in UInt8.min ... .max where byte != Self.sample[index] {
                bytes[index] = byte
                if let value = try? JSONParser.parse(bytes) { try expectStable(value) }
            }
            bytes[index] = Self.sample[index]
        }
    }

    @Test func `every byte left out, doubled or put in is refused or read as what it is`() throws {
        for index in Self.sample.indices {
            var shorter = Self.sample
            shorter.remove(at: index)
            if let value = try? JSONParser.parse(shorter) { try expectStable(value) }
            for byte in [Self.sample[index], 0, 0x0A, 0x0D, 0x22, 0x5C, 0x2C, 0x7B, 0x5D, 0x80, 0xC3, 0xED, 0xFF] {
                var longer = Self.sample
                longer.insert(byte, at: index)
                if let value = try? JSONParser.parse(longer) { try expectStable(value) }
            }
        }
    }

    /// What was read is written as one line, and read again as the same.
    private func expectStable(_ value: JSONValue) throws {
        var writer = JSONWriter()
        writer.value(value)
        #expect(writer.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        #expect(try JSONParser.parse(writer.bytes) == value)
    }

    @Test(arguments: 0..<8)
    func `random values come back as they were written`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<250 {
            let value = try RandomJSON.value(depth: 5, using: &random)
            var writer = JSONWriter()
            writer.value(value)
            let parsed = try JSONParser.parse(writer.bytes)
            #expect(parsed == value, "seed \(seed)")
            var again = JSONWriter()
            again.value(parsed)
            #expect(again.bytes == writer.bytes, "seed \(seed)")
            #expect(writer.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            #expect(throws: Never.self) {
                try JSONSerialization.jsonObject(with: Data(writer.bytes), options: .fragmentsAllowed)
            }
        }
    }

    /// Texts made of valid ones by a few random changes. Both readers must take or refuse the same, except:
    /// - we refuse a name given twice and more than 32 levels;
    /// - we take UTF-8 alone, while Foundation also detects UTF-16 and UTF-32 and skips a byte order mark;
    /// - Foundation forgives a comma before the end of an array;
    /// - Foundation refuses numbers that it can't hold, while we keep them as they are spelled.
    @Test(arguments: 0..<8)
    func `Foundation takes and refuses the same`(seed: UInt64) throws {
        var random = SplitMix(seed: seed + 100)
        var (taken, refused) = (0, 0)
        for _ in 0..<1500 {
            let bytes = try RandomJSON.text(using: &random)
            let theirs = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            do {
                let value = try JSONParser.parse(bytes)
                taken += 1
                if !theirs {
                    #expect(value.holdsNumberBeyondDouble, "only we take \(String(decoding: bytes, as: UTF8.self))")
                }
            } catch JSONError.duplicateName, JSONError.tooDeep {
                refused += 1
            } catch {
                refused += 1
                #expect(
                    !theirs || Self.isOtherEncoding(bytes) || Self.isCommaBeforeEnd(error, bytes),
                    "only we refuse \(String(decoding: bytes, as: UTF8.self)): \(error)")
            }
        }
        #expect(taken > 100 && refused > 100, "the texts must be of both kinds to show anything")
    }

    private static func isOtherEncoding(_ bytes: [UInt8]) -> Bool {
        bytes.prefix(4).contains(0) || [0xEF, 0xFE, 0xFF].contains(bytes.first)
    }

    private static func isCommaBeforeEnd(_ error: JSONError, _ bytes: [UInt8]) -> Bool {
        guard case .unexpectedByte(let offset) = error, bytes[offset] == UInt8(ascii: "]") else { return false }
        return bytes[..<offset].last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: ",")
    }
}

extension JSONValue {
    fileprivate var holdsNumberBeyondDouble: Bool {
        switch self {
        case .number(let number): number.double.map { !$0.isFinite } ?? true
        case .array(let elements): elements.contains(where: \.holdsNumberBeyondDouble)
        case .object(let object): object.members.contains { $0.value.holdsNumberBeyondDouble }
        default: false
        }
    }
}
