import Boards
import Events
import GRDB

/// What the writer does about writes that fail, on its own thread between two groups: it gives room back to a full disk,
/// and finds out whether writes go on.
struct Recovery {
    private let database: any DatabaseWriter
    /// Nil in memory.
    private let path: String?
    private let log: StoreLog
    /// The episode of failures in which room was given back last.
    private var relieved: Int?

    init(of database: any DatabaseWriter, at path: String?, log: StoreLog) {
        (self.database, self.path, self.log) = (database, path, log)
    }

    /// When the disk is full, folds the write-ahead log into the database and gives its room back: once an episode.
    ///
    /// That fails where the database needs more room itself for what is in the log, and gives nothing back while
    /// somebody reads.
    mutating func relieveDisk() {
        guard let path, log.writes.failing?.reason == .diskFull, let episode = log.writes.episode, episode != relieved
        else { return }
        relieved = episode
        let size = Checkpointer.size(ofLogOf: path)
        try? database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        let freed = size - Checkpointer.size(ofLogOf: path)
        if freed > 0 { log.gaveBack(freed) }
    }

    /// Tries whether writes go on, when the machine keeps them from it and nobody else tries: the ages may always be
    /// saved.
    func probe(saving ages: AgeClock) {
        guard let failing = log.writes.failing, failing.reason != .storage else { return }
        do {
            try database.writeWithoutTransaction { db in
                try AgeTable.save(ages.memory, in: db)
                if path != nil { try db.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") }
            }
            log.writes.succeed()
        } catch {
            log.writes.fail(StoreFailure(error), count: 0)
        }
    }
}
