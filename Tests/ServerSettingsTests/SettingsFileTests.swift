import TestSupport
import Testing

@testable import ServerSettings

@Suite struct SettingsFileTests {
    @Test(arguments: [
        "", "# nothing\n", "---\n", "~", "http:\n", "http: {}\n", "http:\n  host:\nlimits: ~\n",
        "http: {corsOrigins: []}", "http: {corsOrigins: null}", "\u{FEFF}http: {port: 8788}",
    ])
    func `a file may leave out anything`(text: String) throws {
        #expect(try yaml(text) == Settings())
    }

    @Test(arguments: [
        ("http: {port: 1, port: 2}", "boardcast.yaml, line 1: given twice: port"),
        ("http: {port: 1}\nhttp.port: 2", "boardcast.yaml: http.port is given twice"),
        ("http: [1]", nil), ("http: 5", nil), ("- a", "boardcast.yaml, line 1: must be a mapping of keys to values"),
        ("http:\n  port: {number: 5}", "boardcast.yaml, line 2: http.port must be a single value"),
        ("http:\n  port: [5]", "boardcast.yaml, line 2: http.port must be a single value"),
        ("http: {corsOrigins: {a: b}}", "boardcast.yaml, line 1: http.corsOrigins must be a list"),
        ("http: {corsOrigins: [[a]]}", "boardcast.yaml, line 1: http.corsOrigins must be a list of single values"),
        ("a: 1\n---\nb: 2", nil), ("[1]: 2", nil),
    ])
    func `a file that is not of our shape is refused`(text: String, said: String?) {
        let complaints = complaints { try yaml(text) }
        if let said { #expect(complaints == [said]) } else { #expect(!complaints.isEmpty) }
    }

    @Test func `what can't be read is reported without its content`() throws {
        let text = "auth:\n  secret: 'correct horse battery staple, correct horse\n"
        let said = complaints { try yaml(text) }
        #expect(
            said.first?.hasPrefix("boardcast.yaml, line ") == true && said.first?.contains("horse") == false, "\(said)")
        let folder = try TemporaryFolder()
        let file = try folder.write("boardcast.yaml", [0xFF, 0xFE, 0x00])
        #expect(complaints { try Settings.load(from: SettingsSources(environment: [:], file: file)) }.count == 1)
    }

    @Test func `a file that is not there is refused by name`() throws {
        let folder = try TemporaryFolder()
        for sources in [
            SettingsSources(environment: [:], file: folder.path + "/none"),
            SettingsSources(environment: [:], secretsDirectory: folder.path + "/none"),
        ] {
            let said = complaints { try Settings.load(from: sources) }
            #expect(said == ["can't read \(folder.path)/none: No such file or directory"])
        }
        let said = complaints { try Settings.load(from: SettingsSources(environment: [:], file: folder.path)) }
        #expect(said == ["can't read \(folder.path): Is a directory"])
    }
}
