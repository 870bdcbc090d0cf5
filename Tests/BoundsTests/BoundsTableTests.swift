import Testing

/// The checker finds what is wrong in a table, and says what to do.
@Suite struct BoundsTableTests {
    private static let sample = """
        # A document

        | what | bound | when it is full |
        |---|---|---|
        | another table | 1 | 2 |

        ## Bounds

        | what | bound | when it is full |
        |---|---|---|
        | bodies | `limits.bodiesBytes` (32 MiB), half of it a tenant | 503 `bodies_full` |
        | UTF-8 of an IPv6 peer | 10 000 users, 0.1 s each, 1½ heartbeats | closed |

        ## What follows

        | what | bound | when it is full |
        |---|---|---|
        | no row | 3 | |
        """
    private static let checks = [
        BoundCheck(
            "bodies", .name("limits.bodiesBytes"), .bytes(32 << 20), .share(2), .count(503), .name("bodies_full")),
        BoundCheck("UTF-8 of an IPv6 peer", .count(10_000), .time(.milliseconds(100)), .times(1.5)),
    ]

    private func problems(
        _ checks: [BoundCheck] = checks, replacing old: String = "", by new: String = ""
    ) throws -> [String] {
        let text = old.isEmpty ? Self.sample : Self.sample.replacing(old, with: new)
        return try BoundsTable(inDocument: text).problems(checkedBy: checks)
    }

    @Test func `a table that says what the code does has no problems`() throws {
        #expect(try problems() == [])
    }

    @Test(arguments: [
        ("32 MiB", "64 MiB"), ("32 MiB", "32 KiB"), ("half of it", "a quarter of it"), ("half of it", "all of it"),
        ("bodiesBytes", "answersBytes"), ("503", "429"), ("bodies_full", "busy"), ("10 000", "1000"),
        ("0.1 s", "0.1 ms"), ("1½", "1"), ("users,", "users of 5 boards,"),
    ])
    func `a row that says something else is found`(old: String, new: String) throws {
        let problems = try problems(replacing: old, by: new)
        #expect(problems.count == 1)
        #expect(problems[0].contains("correct the row"))
    }

    @Test func `a row without a check is found`() throws {
        let problems = try problems([Self.checks[0]])
        #expect(problems.count == 1)
        #expect(problems[0].hasPrefix("No check claims the row “UTF-8 of an IPv6 peer”: add one"))
    }

    @Test func `a check without a row is found`() throws {
        let problems = try problems(Self.checks + [BoundCheck("lists", .count(1))])
        #expect(problems == ["A check claims “lists”, and no row begins so: write the row, or correct the check."])
    }

    @Test func `a row that two checks claim is found, and one that is there twice`() throws {
        #expect(try problems(Self.checks + [Self.checks[0]]) == ["2 checks claim the row “bodies”: keep one."])
        let problems = try problems(replacing: "| UTF-8 of an IPv6 peer |", by: "| bodies |")
        #expect(problems.contains("2 rows are about “bodies”: make them one, or name them apart."))
    }

    @Test(arguments: [("## Bounds", "## Limits"), ("| closed |", "closed"), ("| closed |", "| closed | now |")])
    func `a document without the table is refused`(old: String, new: String) {
        #expect(throws: BoundsTable.Malformed.self) { try problems(replacing: old, by: new) }
    }

    @Test func `constants are found with the types that they are in`() {
        let source = """
            /// static let mostWords = 1
            final class Outer {
                private static let mostWaiting = 3
                struct Inner: Sendable {
                    public static let longest = Duration.seconds(2)
                }
                static let largest: Int = 7
                static let mostly = true
                let mostOfInit = 1
            }
            extension Other.Part { static let unlike = 1 }
            extension Other.Part {
                static let maxCount = 1
            }
            """
        let found = BoundConstant.all(in: source, of: "A.swift")
        #expect(
            found.map(\.name) == ["Outer.mostWaiting", "Outer.Inner.longest", "Outer.largest", "Other.Part.maxCount"])
        #expect(found.map(\.place) == ["A.swift:3", "A.swift:5", "A.swift:7", "A.swift:13"])
    }

    @Test func `a constant is named by its whole name alone`() {
        let constant = BoundConstant(name: "Part.most", place: "")
        #expect(constant.isNamed(in: "Part.mostOther, .count(Part.most))"))
        #expect(!constant.isNamed(in: "Part.mostOther, OtherPart.most, Other.Part.most"))
    }
}
