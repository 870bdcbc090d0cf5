import Boards
import Events
import Foundation
import GRDB

/// The table `answers`: the first answer to each idempotency key.
enum AnswerTable {
    static func answer(to key: String, of user: UserID, of tenant: Int, in db: Database) throws -> Answer? {
        try db.first(
            "SELECT user, key, \(columns) FROM answers WHERE tenant = ? AND user = ? AND key = ?",
            tenant, user.rawValue, key
        ) { try answer($0, of: tenant) }
    }

    static func keep(_ answer: Answer, to key: String, of user: UserID, of tenant: Int, in db: Database) throws {
        try db.run(
            "INSERT OR REPLACE INTO answers (tenant, user, key, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
            tenant, user.rawValue, key, Data(answer.fingerprint), answer.at.milliseconds, Data(answer.commit),
            sum(of: answer, to: key, of: user.rawValue, of: tenant))
    }

    /// Deletes up to `count` of the oldest answers that were given before `cutoff`, and with them those before them
    /// that bear times after `wall`: answers lie in the order in which they were given, whatever the wall said.
    ///
    /// - Parameter passed: the last of the answers that no round need look at again, since they bear such times.
    /// - Returns: whether there may be more.
    static func purge(
        before cutoff: Timestamp, wall: Timestamp, after passed: inout Int, count: Int, in db: Database
    ) throws -> Bool {
        var due: Int?
        let rows = try db.all(
            "SELECT rowid, at FROM answers WHERE rowid > ? ORDER BY rowid LIMIT ?", passed, count
        ) { (id: try $0.decode(Int.self, atIndex: 0), at: try $0.decode(Int.self, atIndex: 1)) }
        let looked = rows.prefix { row in
            if row.at < cutoff.milliseconds { due = row.id }
            return row.at < cutoff.milliseconds || row.at > wall.milliseconds
        }
        if let due {
            try db.run(
                """
                DELETE FROM answers WHERE rowid IN (
                    SELECT rowid FROM answers WHERE rowid <= ? ORDER BY rowid LIMIT ?)
                """, due, count)
            return db.changesCount == count
        }
        guard looked.count == count, let last = looked.last else { return false }
        passed = last.id
        return true
    }

    /// Calls `body` for each row, with a function that reads it.
    static func forEach(in db: Database, _ body: (() throws -> Void) throws -> Void) throws {
        try db.forEach("SELECT user, key, \(columns), tenant FROM answers") { row in
            try body { _ = try answer(row, of: row.decode(atIndex: 6)) }
        }
    }

    private static let columns = "fingerprint, at, answer, sum"

    private static func answer(_ row: Row, of tenant: Int) throws -> Answer {
        let reader = RowReader(row, of: "answers")
        let answer = Answer(
            fingerprint: try reader.bytes(2), at: try reader.time(3), commit: try reader.bytes(4))
        try reader.check(
            sum(of: answer, to: try reader.text(1), of: try reader.text(0), of: tenant), against: 5)
        return answer
    }

    private static func sum(of answer: Answer, to key: String, of user: String, of tenant: Int) -> Int {
        var sum = RowSum(tenant: tenant)
        sum.add(user)
        sum.add(key)
        sum.add(answer.fingerprint)
        sum.add(answer.at.milliseconds)
        sum.add(answer.commit)
        return sum.value
    }
}
