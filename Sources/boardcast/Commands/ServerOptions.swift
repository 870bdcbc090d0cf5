import ArgumentParser
import ServerSettings

/// Which settings a server would have: the options of `serve`, and of whoever looks at them before.
struct ServerOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("Where to listen. [default: 127.0.0.1]", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("0 takes any that is free. [default: 8788]", valueName: "number"))
    var port: String?

    /// The settings, with those of the tenants' files.
    ///
    /// - Parameter defaults: where nothing else says otherwise, by key.
    /// - Throws: ``InvalidSettings``, which says everything that is wrong at once.
    func settings(defaults: [String: String] = [:]) throws(InvalidSettings) -> Settings {
        let flags = [
            host.map { SettingsSources.Flag("--host", sets: "http.host", to: $0) },
            port.map { SettingsSources.Flag("--port", sets: "http.port", to: $0) },
        ]
        var sources = database.sources(flags: flags.compactMap { $0 })
        sources.defaults = defaults
        var settings = try Settings.load(from: sources)
        try settings.readTenants()
        return settings
    }
}
