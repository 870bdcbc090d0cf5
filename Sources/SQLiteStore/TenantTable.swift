import Events
import GRDB

/// A row of `tenants`: the counters of one tenant.
struct TenantRow {
    /// The number by which other tables refer to the tenant.
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
            "SELECT \(columns) FROM tenants WHERE name = ?", tenant.rawValue,
            read: row)
    }

    /// The row with this number; nil when there is none.
    static func row(_ number: Int, in db: Database) throws -> TenantRow? {
        try db.first("SELECT \(columns) FROM tenants WHERE number = ?", number, read: row)
    }

    /// The first tenant number above `number`; the rest of its row is not read.
    static func number(after number: Int, in db: Database) throws -> Int? {
        try db.first("SELECT number FROM tenants WHERE number > ? ORDER BY number LIMIT 1", number) { $0[0] }
    }

    static func rows(in db: Database) throws -> [TenantRow] {
        try db.all("SELECT \(columns) FROM tenants", read: row)
    }

    /// Its checksum comes with its first ``update(_:in:)``, which is in the same transaction.
    static func insert(_ tenant: TenantID, in db: Database) throws -> TenantRow {
        try db.run(
            "INSERT INTO tenants (name, head, oldest, last_task) VALUES (?, 0, 1, 0)", tenant.rawValue)
        return TenantRow(number: Int(db.lastInsertedRowID), tenant: tenant, head: 0, oldest: 1, lastTask: 0)
    }

    static func update(_ row: TenantRow, in db: Database) throws {
        try db.run(
            "UPDATE tenants SET head = ?, oldest = ?, last_task = ?, sum = ? WHERE number = ?", row.head,
            row.oldest, row.lastTask, sum(of: row), row.number)
    }

    private static let columns = "number, head, oldest, last_task, name, sum"

    private static func row(_ row: Row) throws -> TenantRow {
        let reader = RowReader(row, of: "tenants")
        let head = try reader.int(1, in: 0...RowReader.highest)
        let tenant = TenantRow(
            number: try reader.int(0, in: 1...Int.max), tenant: try reader.value(4, TenantID.init), head: head,
            oldest: try reader.int(2, in: 1...head + 1), lastTask: try reader.int(3, in: 0...RowReader.highest))
        try reader.check(sum(of: tenant), against: 5)
        return tenant
    }

    private static func sum(of row: TenantRow) -> Int {
        var sum = RowSum(tenant: row.number)
        sum.add(row.tenant.rawValue)
        sum.add(row.head)
        sum.add(row.oldest)
        sum.add(row.lastTask)
        return sum.value
    }
}
