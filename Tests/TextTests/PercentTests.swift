import Testing
import Text

@Suite struct PercentTests {
    @Test func `unreserved characters stay, all others are encoded in capital letters`() {
        #expect("aZ09-._~".percentEncoded == "aZ09-._~")
        #expect("a b+c/é\u{0}\u{7F}".percentEncoded == "a%20b%2Bc%2F%C3%A9%00%7F")
        #expect("".percentEncoded.isEmpty)
    }

    @Test func `what is encoded reads back, by either reading`() {
        let text = "+ %&=/?#é漢\u{1F600}\r\n"
        #expect(String(percentDecoding: text.percentEncoded.utf8) == text)
        #expect(String(formDecoding: text.percentEncoded.utf8) == text)
    }

    @Test func `a plus is a space in a form and itself in a path`() {
        #expect(String(formDecoding: "a+b%2b".utf8) == "a b+")
        #expect(String(percentDecoding: "a+b%2B".utf8) == "a+b+")
    }

    @Test(arguments: ["%", "%4", "%G1", "%1G", "%%41", "a%", "%FF", "%C3", "%C3%28", "%ED%A0%80", "%+1"])
    func `a broken escape and bytes that are not UTF-8 are refused`(text: String) {
        #expect(String(percentDecoding: text.utf8) == nil)
        #expect(String(formDecoding: text.utf8) == nil)
    }

    @Test func `a bare byte is read where it is ASCII and begins no escape`() {
        for byte in UInt8.min ... .max {
            #expect((String(formDecoding: [byte]) != nil) == (byte < 0x80 && byte != UInt8(ascii: "%")))
        }
    }
}
