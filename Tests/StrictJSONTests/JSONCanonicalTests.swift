import StrictJSON
import Testing

/// Objects with the same values have the same canonical bytes, and no others have.
@Suite struct JSONCanonicalTests {
    private func bytes(_ json: some Sequence<UInt8>) throws -> [UInt8] {
        try #require(try JSONParser.parse(json).object).canonicalBytes
    }

    @Test(arguments: [
        [#"{"a":1,"b":[]}"#, #"{"b":[],"a":1}"#, #" { "b" : [ ] , "a" : 1.0 } "#, #"{"\u0061":10e-1,"b":[]}"#],
        [#"{"a":{"x":null,"y":true}}"#, #"{"a":{"y":true,"x":null}}"#],
        [#"{"a":"é\n\/"}"#, #"{"a":"\u00e9\u000a/"}"#], [#"{"a":-0}"#, #"{"a":0.00e9}"#, #"{"a":0}"#],
        [#"{"a":1200}"#, #"{"a":1.2e3}"#, #"{"a":12E+2}"#, #"{"a":120000e-2}"#], [#"{"a":-0.5}"#, #"{"a":-5e-1}"#],
        [#"{"a":1e99999999999999999999}"#],
    ])
    func `the same values are the same bytes`(spellings: [String]) throws {
        let all = try spellings.map { try bytes($0.utf8) }
        #expect(Set(all).count == 1)
        #expect(try bytes(all[0]) == all[0])
    }

    @Test func `other values are other bytes`() throws {
        let others = [
            "{}", #"{"a":1}"#, #"{"a":"1"}"#, #"{"a":-1}"#, #"{"a":10}"#, #"{"a":[1,2]}"#, #"{"a":[2,1]}"#,
            #"{"a":null}"#,
            #"{"a":[]}"#, #"{"a":{}}"#, #"{"a":"e\u0301"}"#, #"{"a":"\u00e9"}"#, #"{"a":1,"b":null}"#, #"{"A":1}"#,
            #"{"a":0.1}"#, #"{"a":1e400}"#, #"{"a":1e401}"#, #"{"a":9007199254740993}"#, #"{"a":9007199254740992}"#,
        ]
        #expect(Set(try others.map { try bytes($0.utf8) }).count == others.count)
    }
}
