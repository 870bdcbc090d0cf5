import Foundation
import Testing

@testable import ServerSettings

/// The table “Bounds” of Docs/ARCHITECTURE.md says what the code does.
@Suite struct BoundsTests {
    private let root: URL
    private let table: BoundsTable

    init() throws {
        root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        table = try BoundsTable(inDocument: Self.text(of: root, "Docs/ARCHITECTURE.md"))
    }

    private static func text(of root: URL, _ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The text of all Swift files in a folder.
    private func sources(_ path: String) throws -> String {
        let folder = root.appendingPathComponent(path)
        guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return "" }
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined(separator: "\n")
    }

    @Test func `each row has one check, and says the numbers of the code`() {
        for problem in table.problems(checkedBy: BoundCheck.all) { Issue.record("\(problem)") }
        #expect(table.rows.count == BoundCheck.all.count)
    }

    @Test func `the settings that rows name are there`() {
        let keys = SettingKey.all.map(\.name)
        for name in table.names where name.contains(".") {
            let isThere = name.hasSuffix("…") ? keys.contains { $0.hasPrefix(name.dropLast()) } : keys.contains(name)
            #expect(isThere, "A row names the setting `\(name)`, and SettingKey.all has none: correct the row.")
        }
    }

    @Test func `the codes that rows name are in the sources`() throws {
        let sources = try sources("Sources/Gateway") + sources("Sources/Events")
        for name in table.names where name.contains("_") {
            #expect(
                sources.contains("\"\(name)\""), "A row names the code `\(name)`, and no source does: correct the row.")
        }
    }

    @Test func `each constant that is named like a bound is in a row, or has none for a reason`() throws {
        let checks = try sources("Tests/BoundsTests/Checks")
        let constants = try BoundConstant.all(inFolder: root.appendingPathComponent("Sources"))
        #expect(constants.count > 50)
        for constant in constants where BoundCheck.withoutRow[constant.name] == nil {
            #expect(
                constant.isNamed(in: checks),
                """
                \(constant.name) (\(constant.place)) has no row: add one to the table of bounds in Docs/ARCHITECTURE.md \
                with a check, or the reason to BoundCheck.withoutRow.
                """)
        }
        for name in BoundCheck.withoutRow.keys {
            #expect(
                constants.contains { $0.name == name },
                "BoundCheck.withoutRow names \(name), and no source does: remove it.")
        }
    }
}
