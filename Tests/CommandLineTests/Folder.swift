import Foundation
import Testing

@testable import CommandLineTools

/// A folder for one test, gone with it.
final class Folder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/boardcast-\(UUID())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try Data(Array(bytes)).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }

    func directory(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        return "\(path)/\(name)"
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }
}

/// The settings that one variable makes.
func environment(_ name: String, _ text: String) throws -> Settings {
    try Settings.load(from: SettingsSources(environment: [name: text]))
}

/// The settings of a file.
func yaml(_ text: String) throws -> Settings {
    let folder = try Folder()
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
