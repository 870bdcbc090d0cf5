import StrictJSON
import TestSupport
import Testing

/// Numbers keep their spelling; an integer is what is one exactly. `Int(1e308)` would end the process.
@Suite struct JSONNumberTests {
    private func number(_ text: String) throws -> JSONNumber {
        guard case .number(let number) = try JSONParser.parse(text.utf8) else { throw JSONError.unexpectedEnd }
        return number
    }

    @Test(arguments: [
        "0", "-0", "7", "7.0", "1e2", "1E2", "1e+2", "1E-2", "0.5", "-0.0", "0e0", "0E+00", "1e400", "-1e400", "1e-400",
        "1e00000000000002",
        "123456789012345678901234567890", "0.1000000000000000055511151231257827", "9223372036854775808",
        "1e99999999999999999999", "-1.7976931348623157e308", "5e-324",
    ])
    func `a number keeps its spelling on the way through`(text: String) throws {
        #expect(try number(text).text == text)
        var writer = JSONWriter()
        writer.value(try JSONParser.parse(text.utf8))
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test func `ten thousand digits are kept and are no integer`() throws {
        let text = "1" + String(repeating: "0", count: 10_000)
        #expect(try number(text).text == text)
        #expect(try number(text).int == nil)
        #expect(try number("0." + text).text == "0." + text)
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("-0.0", 0), ("0e5", 0), ("0.000", 0), ("7", 7), ("-7", -7), ("7.0", 7), ("7e0", 7),
        ("7.000", 7), ("1e2", 100),
        ("1E+2", 100), ("100e-2", 1), ("0.1e1", 1), ("1.5e1", 15), ("-12.50e2", -1250),
        ("1e18", 1_000_000_000_000_000_000),
        ("9007199254740992", 9_007_199_254_740_992), ("9007199254740993", 9_007_199_254_740_993),
        ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
    ])
    func `a number without a fraction that fits is an integer`(text: String, value: Int) throws {
        #expect(try number(text).int == value)
        #expect(try JSONParser.parse(text.utf8).int == value)
    }

    @Test(arguments: [
        "0.5", "-0.5", "1.1", "15e-1", "1e-1", "1e19", "-1e19", "1e308", "1e309", "1e400", "-1e400", "1e999999999999",
        "9223372036854775808", "-9223372036854775809", "18446744073709551616", "123456789012345678901234567890",
        "9.3e18",
    ])
    func `a number with a fraction, or too large, is no integer`(text: String) throws {
        #expect(try number(text).int == nil)
    }

    @Test(arguments: [
        "1e-400", "-1e-400", "4.0000000000000000001", "0.99999999999999999999", "9007199254740993.5", "1e-999999999999",
        "1000000000000000000.5",
    ])
    func `a fraction too small for a double is a fraction all the same`(text: String) throws {
        #expect(try number(text).int == nil)
    }

    @Test(arguments: [
        ("9007199254740993.0", 9_007_199_254_740_993), ("9007199254740993e0", 9_007_199_254_740_993),
        ("-9007199254740993.0", -9_007_199_254_740_993), ("1000000000000000001.0", 1_000_000_000_000_000_001),
        ("9223372036854775807.0", Int.max),
    ])
    func `a large integer spelled with a point is itself or none, never another`(text: String, value: Int) throws {
        let int = try number(text).int
        #expect(int == nil || int == value)
    }

    @Test func `a double is what Swift makes of the text`() throws {
        #expect(try number("0.1").double == 0.1)
        #expect(try number("1e400").double == .infinity)
        #expect(try number("-1e400").double == -.infinity)
        #expect(try number("1e-400").double == 0)
        #expect(try number("-0").double?.sign == .minus)
        #expect(try JSONParser.parse("\"1\"".utf8).double == nil)
    }

    @Test func `numbers are equal when they are spelled the same`() throws {
        #expect(try number("7") == JSONNumber(7))
        #expect(try number("7.0") != JSONNumber(7))
        #expect(JSONNumber(Int.min).text == "-9223372036854775808")
    }

    @Test func `random spellings are kept, and never end the process`() throws {
        var random = SplitMix(seed: 6)
        func digits(_ count: ClosedRange<Int>) -> String {
            (0..<Int.random(in: count, using: &random)).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
        }
        for _ in 0..<5000 {
            var text = Bool.random(using: &random) ? "-" : ""
            text += Bool.random(using: &random) ? "0" : "\(Int.random(in: 1...9, using: &random))" + digits(0...25)
            if Bool.random(using: &random) { text += "." + digits(1...25) }
            if Bool.random(using: &random) {
                text += ["e", "E", "e+", "e-"].randomElement(using: &random)! + digits(1...4)
            }
            let number = try number(text)
            #expect(number.text == text)
            #expect(number.double != nil)
            if let int = number.int, let double = number.double { #expect(Double(int) == double, "\(text)") }
        }
    }
}
