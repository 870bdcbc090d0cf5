import Testing

@testable import Gateway

@Suite struct DateFieldTests {
    @Test func `a moment is written as in RFC 9110`() {
        #expect(DateField.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(DateField.text(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(DateField.text(1_709_251_199) == "Thu, 29 Feb 2024 23:59:59 GMT")
    }
}
