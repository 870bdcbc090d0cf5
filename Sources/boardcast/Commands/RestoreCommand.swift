import ArgumentParser
import Client
import Events
import SQLiteStore

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the database, while no server runs.",
        discussion: """
            FILE is copied and checked row by row before anything is changed, and stays as it is. The database that was \
            there is kept beside the new one, under a name that is printed.

            The next start begins a new epoch: clients that have seen more than the backup holds get stream.resync \
            (epoch_changed) and load their state again, the others resume as ever.

            Ends with 0 when the backup is in place, 2 when a server uses the database, or when FILE is damaged, of \
            another program or of a newer version.

            EXAMPLES
              systemctl stop boardcast
              boardcast restore --database sqlite:/var/lib/boardcast/boardcast.sqlite /backups/monday.sqlite
              systemctl start boardcast
            """)

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"))
    var file: String

    @OptionGroup var options: DatabaseOptions

    @Flag(help: "Take a backup with rows that can't be read: requests for these are refused.")
    var allowUnreadable = false

    @Flag(help: "Print what was done as JSON.")
    var json = false

    func run() throws {
        let path = try options.path()
        let line = ProgressLine()
        let start = ContinuousClock.now
        let restore: DatabaseRestore
        do throws(SQLiteStoreError) {
            restore = try DatabaseRestore(of: file, to: path, acceptsUnreadable: allowUnreadable, now: .now()) {
                line.show(pages: $0, of: $1)
            }
        } catch {
            line.clear()
            throw Failure(error)
        }
        line.clear()
        try CopyReport(file: path, copy: restore.copy, kept: restore.kept, duration: ContinuousClock.now - start)
            .print(asJSON: json)
    }
}
