import Events
import GRDB

/// A row of `tenants`: the counters of one tenant.
struct TenantRow {
    /// What other tables know the tenant by.
    let number: Int
    let tenant: TenantID
    /// The newest event, 0 before the first.
    var head: Int
    /// The oldest event that is still stored, `head + 1` when none is.
    var oldest: Int
    /// The newest task's id, 0 before the first.
    var lastTask: Int
}

enum TenantTable {
    static func row(of tenant: TenantID, in db: Database) throws -> TenantRow? {
        try db.first(
            "SELECT number, head, oldest, last_task, name FROM tenants WHERE name = ?", tenant.rawValue,
            read: row)
    }

    /// The first whose number is above `number`.
    static func row(after number: Int, in db: Database) throws -> TenantRow? {
        try db.first(
            "SELECT number, head, oldest, last_task, name FROM tenants WHERE number > ? ORDER BY number LIMIT 1",
            number, read: row)
    }

    static func insert(_ tenant: TenantID, in db: Database) throws -> TenantRow {
        try db.run(
            "INSERT INTO tenants (name, head, oldest, last_task) VALUES (?, 0, 1, 0)", tenant.rawValue)
        return TenantRow(number: Int(db.lastInsertedRowID), tenant: tenant, head: 0, oldest: 1, lastTask: 0)
    }

    static func update(_ row: TenantRow, in db: Database) throws {
        try db.run(
            "UPDATE tenants SET head = ?, oldest = ?, last_task = ? WHERE number = ?", row.head,
            row.oldest, row.lastTask, row.number)
    }

    private static func row(_ row: Row) throws -> TenantRow {
        guard let tenant = TenantID(row[4]) else { throw UnreadableRow(table: "tenants") }
        return TenantRow(number: row[0], tenant: tenant, head: row[1], oldest: row[2], lastTask: row[3])
    }
}
