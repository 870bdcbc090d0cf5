import ArgumentParser
import Client
import ServerSettings

/// Which database a command is about: that of the server with the same options.
struct DatabaseOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server's settings as YAML.", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Settings as files, one a key. [default: $BOARDCAST_SECRETS_DIRECTORY]", valueName: "directory"))
    var secrets: String?

    @Option(
        help: ArgumentHelp(
            "sqlite:PATH, sqlite::memory: to serve without a file, or postgres://USER@HOST/NAME. [default: sqlite:boardcast.sqlite]",
            valueName: "url"))
    var database: String?

    /// The settings that the server would have.
    func sources(flags: [SettingsSources.Flag] = []) -> SettingsSources {
        let own = database.map { [SettingsSources.Flag("--database", sets: "database.url", to: $0)] } ?? []
        return SettingsSources(
            environment: Environment.variables, flags: flags + own, secretsDirectory: secrets, file: config)
    }

    /// The database's file.
    ///
    /// - Throws: ``InvalidSettings``, ``Failure`` of usage for a database in memory.
    func path() throws -> String {
        switch try Settings.load(from: sources()).database.url {
        case .sqlite(let path): return path
        case .sqliteInMemory: throw Failure(.usage, "a database in memory has no file")
        case .postgres: throw Failure(.usage, "a PostgreSQL has no file; use pg_dump, pg_restore and its own backups")
        }
    }
}
