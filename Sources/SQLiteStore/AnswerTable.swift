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

    /// Deletes up to `count` of the oldest answers that were given before `time`.
    ///
    /// - Returns: whether there may be more.
    static func purge(before time: Timestamp, count: Int, in db: Database) throws -> Bool {
        try db.run(
            "DELETE FROM answers WHERE rowid IN (SELECT rowid FROM answers ORDER BY rowid LIMIT ?) AND at < ?",
            count, time.milliseconds)
        return db.changesCount == count
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
