import Boards
import Contracts
import Events
import Testing

@Suite struct RevocationDraftTests {
    private func errors(_ json: String) async -> [FieldError] {
        guard case .invalid(let errors) = await refusal({ _ = try RevocationDraft(object(json)) }) else { return [] }
        return errors
    }

    @Test func `one of three names what is revoked`() throws {
        #expect(try RevocationDraft(object(#"{"jti":"t"}"#)) == RevocationDraft(.jti("t")))
        #expect(try RevocationDraft(object(#"{"sub":"ann","reason":""}"#)) == RevocationDraft(.sub("ann"), reason: ""))
        let time = try RevocationDraft(object(#"{"reason":"leak","issuedBefore":"2026-01-15T11:30:00+01:00"}"#))
        #expect(
            time == RevocationDraft(.issuedBefore(Timestamp(milliseconds: 1_768_473_000_000)), reason: "leak"))
    }

    @Test(arguments: [
        "{}", #"{"reason":"r"}"#, #"{"jti":"t","sub":"ann"}"#,
        #"{"jti":"t","sub":"ann","issuedBefore":"2026-01-15T10:30:00Z"}"#,
    ])
    func `none, or more than one, is refused as a whole`(json: String) async {
        #expect(await errors(json).map(\.pointer) == [""])
    }

    @Test(arguments: [
        (#"{"jti":""}"#, "/jti"), (#"{"jti":1}"#, "/jti"), (#"{"jti":null}"#, "/jti"), (#"{"jti":"a\u0000"}"#, "/jti"),
        (#"{"jti":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"}"#, "/jti"), (#"{"sub":""}"#, "/sub"),
        (#"{"sub":["ann"]}"#, "/sub"), (#"{"issuedBefore":1768473000}"#, "/issuedBefore"),
        (#"{"issuedBefore":"2026-01-15"}"#, "/issuedBefore"), (#"{"issuedBefore":"yesterday"}"#, "/issuedBefore"),
        (#"{"jti":"t","reason":7}"#, "/reason"), (#"{"jti":"t","reason":"\u0000"}"#, "/reason"),
        (#"{"jti":"t","tenant":"other"}"#, "/tenant"), (#"{"jti":"t","JTI":"t"}"#, "/JTI"),
    ])
    func `what is wrong is told where it is, and not repeated`(json: String, pointer: String) async {
        let errors = await errors(json)
        #expect(errors.map(\.pointer) == [pointer])
        #expect(!errors.contains { $0.detail.contains("eyJ") })
    }

    @Test func `lengths are bounded`() async throws {
        let (id, text) = (String(repeating: "j", count: 255), String(repeating: "é", count: 500))
        #expect(try RevocationDraft(object(#"{"jti":"\#(id)","reason":"\#(text)"}"#)).reason == text)
        #expect(await errors(#"{"jti":"\#(id)j","reason":"\#(text)é"}"#).map(\.pointer) == ["/jti", "/reason"])
        #expect(await errors(#"{"sub":"\#(id)s"}"#).map(\.pointer) == ["/sub"])
    }
}
