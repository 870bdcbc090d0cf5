import TestSupport

@testable import ServerSettings

/// The settings that one variable makes.
func environment(_ name: String, _ text: String) throws -> Settings {
    try Settings.load(from: SettingsSources(environment: [name: text]))
}

/// The settings of a file.
func yaml(_ text: String) throws -> Settings {
    let folder = try TemporaryFolder()
    return try Settings.load(from: SettingsSources(environment: [:], file: try folder.write("boardcast.yaml", text)))
}

/// What is said to be wrong with the settings that `load` makes; a file is called by its name alone.
func complaints(_ load: () throws -> Settings) -> [String] {
    do {
        _ = try load()
        return []
    } catch let error as InvalidSettings {
        return error.problems.map { "\($0)".replacing(/\/[^ ]*\/boardcast.yaml/, with: "boardcast.yaml") }
    } catch {
        return ["\(error)"]
    }
}
