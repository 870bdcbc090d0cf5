import Client
import Events
import SQLiteStore
import StrictJSON
import Text

/// What `backup` and `restore` have done, for people and for programs.
struct CopyReport {
    let file: String
    let copy: DatabaseCopy
    /// Where a restore has left the database that was there before.
    var kept: String?
    let duration: Duration

    var text: String {
        let size = copy.bytes < 10_000_000 ? "\(copy.bytes / 1000) kB" : "\(copy.bytes / 1_000_000) MB"
        let counts = [(copy.events, "event"), (copy.tasks, "task"), (copy.tenants, "tenant")]
        let words = counts.map { $0 == 1 ? "1 \($1)" : "\($0) \($1)s" }.joined(separator: ", ")
        let first = "\(file): \(size), \(words), verified, in \(duration.text)"
        return kept.map { "\(first)\nthe database that was there is kept as \($0)" } ?? first
    }

    /// One object in one line.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.name("file")
            json.string(file)
            json.name("bytes")
            json.int(copy.bytes)
            json.name("events")
            json.int(copy.events)
            json.name("tasks")
            json.int(copy.tasks)
            json.name("tenants")
            json.int(copy.tenants)
            json.name("unreadableRows")
            json.int(copy.unreadableRows)
            json.name("milliseconds")
            json.int(duration.wholeMilliseconds)
            if let kept {
                json.name("kept")
                json.string(kept)
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Prints it; rows that can't be read are spoken of on stderr.
    func print(asJSON: Bool) throws {
        if let first = copy.firstUnreadable {
            StandardError.say("rows that can't be read: \(copy.unreadableRows); of the first: \(first)")
        }
        try StandardOutput.write(asJSON ? json : text)
    }
}

extension ProgressLine {
    /// Shows how much of a database is copied.
    func show(pages done: Int, of all: Int) {
        show(done < all ? "copied \(done * 100 / max(all, 1)) %" : "checking each row")
    }
}

extension Failure {
    /// A command's failure over a database.
    init(_ error: SQLiteStoreError, hint: String = "") {
        if case .exists = error {
            self.init(.conflict, error.description + hint)
        } else {
            self.init(.usage, error.description)
        }
    }
}
