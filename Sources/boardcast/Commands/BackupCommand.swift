import ArgumentParser
import Client
import SQLiteStore

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database into one file while its server runs.",
        discussion: """
            The copy is the database as it was at one moment. It is written beside FILE as FILE.partial, checked row by \
            row, put on disk, and only then named FILE. The server goes on meanwhile; its write-ahead log grows by what \
            is written in that time.

            Ends with 0 when the copy is there and verified, 2 when it can't be made or the database is damaged, 5 when \
            FILE exists.

            EXAMPLES
              boardcast backup --database sqlite:/var/lib/boardcast/boardcast.sqlite /backups/monday.sqlite
              boardcast backup --config boardcast.yaml --force latest.sqlite
              boardcast backup --json "$(date +%F).sqlite"
            """)

    @Argument(help: ArgumentHelp("Where the copy goes.", valueName: "file"))
    var file: String

    @OptionGroup var options: DatabaseOptions

    @Flag(help: "Replace FILE if it exists, once the new copy is complete.")
    var force = false

    @Flag(help: "Copy rows that can't be read as they are; without it there is no copy then.")
    var allowUnreadable = false

    @Flag(help: "Print what was done as JSON.")
    var json = false

    func run() throws {
        let source = try options.path()
        let line = ProgressLine()
        let start = ContinuousClock.now
        let copy: DatabaseCopy
        do throws(SQLiteStoreError) {
            copy = try DatabaseCopy.backUp(source, to: file, replacing: force, acceptsUnreadable: allowUnreadable) {
                line.show(pages: $0, of: $1)
            }
        } catch {
            line.clear()
            throw Failure(error, hint: "; --force replaces it")
        }
        line.clear()
        try CopyReport(file: file, copy: copy, duration: ContinuousClock.now - start).print(asJSON: json)
    }
}
