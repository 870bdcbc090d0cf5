import Boards
import Events
import Foundation
import GRDB

/// `answers`: what idempotency keys were answered with.
enum AnswerTable {
    static func answer(to key: String, of user: UserID, of tenant: Int, in db: Database) throws -> Answer? {
        try db.first(
            "SELECT fingerprint, at, answer FROM answers WHERE tenant = ? AND user = ? AND key = ?",
            tenant, user.rawValue, key
        ) { Answer(fingerprint: try $0.bytes(0), at: $0[1], commit: try $0.bytes(2)) }
    }

    static func keep(_ answer: Answer, to key: String, of user: UserID, of tenant: Int, in db: Database) throws {
        try db.run(
            "INSERT OR REPLACE INTO answers (tenant, user, key, fingerprint, at, answer) VALUES (?, ?, ?, ?, ?, ?)",
            tenant, user.rawValue, key, Data(answer.fingerprint),
            answer.at, Data(answer.commit))
    }

    /// Removes the oldest `count` answers, as far as they were given before `time`.
    ///
    /// - Returns: whether there may be more.
    static func purge(before time: Int, count: Int, in db: Database) throws -> Bool {
        try db.run(
            "DELETE FROM answers WHERE rowid IN (SELECT rowid FROM answers ORDER BY rowid LIMIT ?) AND at < ?",
            count, time)
        return db.changesCount == count
    }
}
