import Boards
import Events
import GRDB

/// One start of a gateway on this database.
struct Run: Sendable {
    /// Higher than that of every run before it.
    let number: Int
    let epoch: Epoch
}

/// The runs of a database as they were at this start. No other process begins one while this one holds the lock.
struct RunLog: Sendable {
    let current: Run
    let runs: Runs
    /// The epochs by the numbers of their runs.
    let names: [Int: Epoch]

    /// Begins a run; in a database that was just made, its first has begun already.
    ///
    /// When the disk is full, the run is logged with the first number that it gives: what can be read is served
    /// meanwhile.
    init(beginningIn database: any DatabaseWriter, isNew: Bool) throws {
        var runs = try database.read { try EpochTable.runs(in: $0) }
        if !isNew {
            guard let newest = runs.last?.number, newest < RowReader.highest else {
                throw UnreadableRow(table: "runs", reason: "its number is out of range")
            }
            let known = Set(runs.map(\.epoch))
            var epoch = Epoch.random()
            while known.contains(epoch) { epoch = .random() }
            let run = Run(number: newest + 1, epoch: epoch)
            do {
                try database.write { try EpochTable.begin(run, in: $0) }
                runs = try database.read { try EpochTable.runs(in: $0) }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
                runs.append(run)
            }
        }
        current = runs[runs.count - 1]
        self.runs = Runs(runs.map(\.epoch))
        names = Dictionary(uniqueKeysWithValues: runs.map { ($0.number, $0.epoch) })
    }
}
