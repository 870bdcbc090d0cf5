import StrictJSON
import TestSupport
import Testing
import Text

@Suite struct JSONPartsTests {
    private func parts(_ text: String, limits: JSONParser.Limits = .init()) throws(JSONError) -> [JSONParts.Part] {
        var reader = JSONParts(SharedBytes(text.utf8), limits: limits)
        var parts: [JSONParts.Part] = []
        while let part = try reader.next() { parts.append(part) }
        return parts
    }

    private func error(_ text: String, limits: JSONParser.Limits = .init()) -> JSONError? {
        do throws(JSONError) {
            _ = try parts(text, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func `an array that is not read may have elements of any length, and what follows is read`() throws {
        let long = String(repeating: "x", count: 5000)
        let text = #"{"a":[1,"\#(long)",{"b":["]}\"",[{}]]} , null],"c":[2],"d":[]}"#
        let limits = JSONParser.Limits(bytes: 100, depth: 2)
        var reader = JSONParts(SharedBytes(text.utf8), limits: limits) { $0 != "a" }
        var parts: [JSONParts.Part] = []
        while let part = try reader.next() { parts.append(part) }
        #expect(parts.prefix(5) == [.array(name: "a")] + Array(repeating: .passedOver(of: "a"), count: 4))
        #expect(parts.count == 8 && parts.last == .array(name: "d"))
        for text in [#"{"a":[1"#, #"{"a":["x]}"#, #"{"a":[,1]}"#, #"{"a":[1,]}"#, #"{"a":[{]"#] {
            var reader = JSONParts(SharedBytes(text.utf8)) { _ in false }
            #expect(throws: JSONError.self) { while try reader.next() != nil {} }
        }
    }

    @Test func `members come one by one, and an array's elements each alone`() throws {
        let text = #" { "a" : 1 , "b":[ {"x":[2]} , "y" ],"c":[],"d":{"e":[3]}} "#
        let found = try parts(text)
        #expect(found.count == 6)
        #expect(found[0] == .value(name: "a", .number(.init(1))))
        #expect(found[1] == .array(name: "b"))
        #expect(found[3] == .element(of: "b", offset: 31, .string("y")))
        #expect(found[4] == .array(name: "c"))
        guard case .element("b", let offset, let value) = found[2] else { return #expect(Bool(false)) }
        #expect(try JSONParts.value(at: offset, of: SharedBytes(text.utf8)) == value)
    }

    @Test(arguments: [
        "{}", #"{"a":{}}"#, #"{"a":[]}"#, #"{"a":[[],{}],"b":"\u00e9"}"#, "[]", "", "1", "{", #"{"a""#,
        #"{"a":[1,]}"#, #"{"a":[,1]}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a" 1}"#, #"{"a":1 "b":2}"#, #"{"a":[1 2]}"#,
        #"{"a":1}x"#, #"{"a":1,"a":2}"#, #"{"a":01}"#, #"{"a":["\ud800"]}"#, #"{1:2}"#, "{}{}", "\u{FEFF}{}",
    ])
    func `an object is taken and refused as the parser does it`(text: String) {
        let whole = (try? JSONParser.parse(Array(text.utf8)))?.object
        #expect((error(text) == nil) == (whole != nil), "\(text)")
    }

    @Test(arguments: 0..<4)
    func `random objects are the same in parts and as a whole`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 {
            var object = JSONObject()
            for number in 0..<Int.random(in: 0...4, using: &random) {
                object["m\(number)"] = try RandomJSON.value(depth: 4, using: &random)
            }
            var writer = JSONWriter()
            writer.value(.object(object))
            var rebuilt = JSONObject()
            for part in try parts(String(decoding: writer.bytes, as: UTF8.self)) {
                switch part {
                case .value(let name, let value): rebuilt[name] = value
                case .array(let name): rebuilt[name] = .array([])
                case .element(let name, _, let value): rebuilt[name] = .array((rebuilt[name]?.array ?? []) + [value])
                case .passedOver(let name): Issue.record("\(name) is not read")
                }
            }
            #expect(rebuilt == object, "seed \(seed)")
        }
    }

    @Test func `errors say where in the whole text they are`() {
        #expect(error(#"{"a":[1,tru]}"#) == .unexpectedByte(offset: 11))
        #expect(error(#"{"a":1,"a":2}"#) == .duplicateName(offset: 7))
        #expect(error(#"{"a":1} 2"#) == .trailingBytes(offset: 8))
        #expect(error(#"{"a":[{"b":1"#) == .unexpectedEnd)
    }

    @Test func `each part is bounded, the whole is not`() {
        let limits = JSONParser.Limits(bytes: 10, depth: 2)
        #expect(error(#"{"a":["12345678","12345678","12345678"]}"#, limits: limits) == nil)
        #expect(error(#"{"a":["123456789"]}"#, limits: limits) == .tooLong(limit: 10))
        #expect(error(#"{"a":[[[[]]]]}"#, limits: limits) == .tooDeep(limit: 2))
        let many = (0...JSONParts.mostMembers).map { "\"\($0)\":1" }.joined(separator: ",")
        #expect(error("{\(many)}") == .tooManyMembers(limit: JSONParts.mostMembers))
    }
}
