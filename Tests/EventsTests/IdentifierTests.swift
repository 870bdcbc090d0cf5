import Events
import Testing

/// Swift takes U+212A for `K` and NFD for NFC; a database compares bytes. Our ids must agree with the database.
@Suite struct TenantIDTests {
    @Test(arguments: ["a", "A", "0", "acme", "Acme-2.eu_west", ".", "..", "-", "_", String(repeating: "x", count: 64)])
    func `a tenant is named by 1 to 64 letters, digits, dots, underscores and hyphens`(text: String) {
        #expect(TenantID(text)?.rawValue == text)
        #expect(TenantID(text)?.description == text)
    }

    @Test(arguments: [
        "", " ", "a b", "a/b", "a\\b", "a:b", "a,b", "a;b", "a%b", "a+b", "a*b", "a\u{0}", "\u{0}", "a\n", "a\r\n",
        "a\t",
        "\u{212A}", "\u{E9}", "e\u{301}", "a\u{301}", "ａ", "а", "a\u{200D}", "\u{FEFF}a", "a\u{7F}", "ß",
        String(repeating: "x", count: 65), String(repeating: "\u{E9}", count: 32),
    ])
    func `any other text names no tenant`(text: String) {
        #expect(TenantID(text) == nil)
    }

    @Test func `tenants differ by case and by every byte`() {
        #expect(TenantID("acme") != TenantID("Acme"))
        #expect(TenantID("a.b") != TenantID("a_b"))
        #expect(Set(["K", "k", "a", "A"].compactMap(TenantID.init)).count == 4)
    }

    @Test func `each single byte is allowed or refused as the pattern says`() {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-".utf8)
        for byte in UInt8(0)..<0x80 {
            let text = String(decoding: [byte], as: UTF8.self)
            #expect((TenantID(text) != nil) == allowed.contains(byte), "byte \(byte)")
            #expect((TenantID("a" + text + "b") != nil) == allowed.contains(byte), "byte \(byte)")
        }
    }
}

@Suite struct BoardIDTests {
    @Test(arguments: ["a", "0", "-", "main", "q3-plan", "--", String(repeating: "z", count: 64)])
    func `a board is named by 1 to 64 lower-case letters, digits and hyphens`(text: String) {
        #expect(BoardID(text)?.rawValue == text)
        #expect(BoardID(text)?.description == text)
    }

    @Test(arguments: [
        "", "Main", "MAIN", "a_b", "a.b", "a b", "a/b", "..", ".", "a\u{0}", "main\n", "main\r\n", " main", "ma\u{ED}n",
        "mai\u{301}n",
        "\u{212A}", "main%20", "main;x", "m\u{430}in", "ｍain", String(repeating: "z", count: 65),
    ])
    func `any other text names no board`(text: String) {
        #expect(BoardID(text) == nil)
    }

    @Test func `each single byte is allowed or refused as the pattern says`() {
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-".utf8)
        for byte in UInt8(0)..<0x80 {
            let text = String(decoding: [byte], as: UTF8.self)
            #expect((BoardID(text) != nil) == allowed.contains(byte), "byte \(byte)")
        }
    }

    @Test func `boards are ordered by their bytes`() {
        let boards = ["b", "a", "-", "0", "aa", "a-", "main"].compactMap(BoardID.init).sorted()
        #expect(boards.map(\.rawValue) == ["-", "0", "a", "a-", "aa", "b", "main"])
        #expect(BoardID.main.rawValue == "main")
    }
}

@Suite struct UserIDTests {
    @Test func `a user is 1 to 255 bytes of any text`() {
        #expect(UserID("") == nil)
        #expect(UserID("u")?.rawValue == "u")
        #expect(UserID("\u{0}") == nil)
        #expect(UserID(String(repeating: "u", count: 255)) != nil)
        #expect(UserID(String(repeating: "u", count: 256)) == nil)
        #expect(UserID(String(repeating: "\u{E9}", count: 127)) != nil)
        #expect(UserID(String(repeating: "\u{E9}", count: 128)) == nil)
        #expect(UserID(String(repeating: "\u{1F600}", count: 64)) == nil)
    }

    @Test(arguments: [
        ("\u{212A}", "K"), ("\u{E9}", "e\u{301}"), ("\u{C5}", "\u{212B}"), ("\u{C5}", "A\u{30A}"), ("\u{37E}", ";"),
        ("\u{1100}\u{1161}", "\u{AC00}"), ("a\u{323}\u{307}", "a\u{307}\u{323}"), ("\u{2126}", "\u{3A9}"),
    ])
    func `users whom Swift takes for the same are two`(left: String, right: String) throws {
        #expect(left == right, "Swift compares canonically; otherwise this test shows nothing")
        let (one, other) = (try #require(UserID(left)), try #require(UserID(right)))
        #expect(one != other)
        #expect(one == UserID(left))
        #expect(Set([one, other]).count == 2)
        var seen: [UserID: Int] = [one: 1]
        seen[other, default: 0] += 1
        #expect(seen[one] == 1)
    }

    @Test func `users are ordered by their bytes`() {
        let users = ["K", "a", "aa", "b", "e\u{301}", "\u{E9}", "\u{212A}", "\u{1F600}"].compactMap(UserID.init)
        #expect(users.reversed().sorted() == users)
        #expect(users.count == 8)
    }

    @Test func `equal users have equal hashes however their text is stored`() throws {
        // A text of more than 15 bytes is not stored in the string itself; a bridged or sliced one is a copy.
        let text = "someone.with.a.long.name@example.org"
        let sliced = String(("x" + text).dropFirst())
        #expect(UserID(text) == UserID(sliced))
        #expect(try #require(UserID(text)).hashValue == (try #require(UserID(sliced))).hashValue)
    }
}
