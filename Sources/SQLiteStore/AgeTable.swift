import Boards
import Events
import GRDB
import Text

/// The age clock's memory, as numbers in the table `meta`: milliseconds, under names that begin with `age`, and their
/// sum.
enum AgeTable {
    /// Nil in a database that has none yet.
    ///
    /// One that can't be read is replaced by one that knows nothing, by which all that is there is as new as today.
    static func memory(at now: Timestamp, in db: Database) throws -> AgeClock.Memory? {
        var numbers: [String: Int] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT name, value FROM meta WHERE name GLOB 'age*'") {
            numbers[try row.decode(String.self, atIndex: 0)] = try row.decode(Int.self, atIndex: 1)
        }
        return numbers.isEmpty ? nil : memory(numbers) ?? AgeClock.Memory(unknownBefore: now)
    }

    static func save(_ memory: AgeClock.Memory, in db: Database) throws {
        var numbers = ["age": memory.time.wholeMilliseconds, "age.wall": memory.wall.milliseconds]
        for (index, stretch) in memory.stretches.enumerated() {
            numbers["age.\(index)"] = stretch.start.wholeMilliseconds
            numbers["age.\(index).wall"] = stretch.wall.milliseconds
        }
        numbers[sum] = sum(of: numbers)
        try db.inTransaction(.immediate) {
            try db.run("DELETE FROM meta WHERE name GLOB 'age*'")
            for (name, number) in numbers {
                try db.run("INSERT INTO meta (name, value) VALUES (?, ?)", name, number)
            }
            return .commit
        }
    }

    private static func memory(_ numbers: [String: Int]) -> AgeClock.Memory? {
        var numbers = numbers
        guard numbers.removeValue(forKey: sum) == sum(of: numbers), let time = numbers["age"],
            let wall = numbers["age.wall"].flatMap(wall)
        else { return nil }
        var stretches: [AgeClock.Stretch] = []
        while let start = numbers["age.\(stretches.count)"] {
            guard let wall = numbers["age.\(stretches.count).wall"].flatMap(self.wall) else { return nil }
            stretches.append(AgeClock.Stretch(start: .milliseconds(start), wall: wall))
        }
        guard numbers.count == 2 + 2 * stretches.count else { return nil }
        return AgeClock.Memory(time: .milliseconds(time), wall: wall, stretches: stretches)
    }

    private static let sum = "age.sum"

    private static func sum(of numbers: [String: Int]) -> Int {
        var sum = RowSum(tenant: 0)
        for (name, number) in numbers.sorted(by: { $0.key < $1.key }) {
            sum.add(name)
            sum.add(number)
        }
        return sum.value
    }

    private static func wall(_ milliseconds: Int) -> Timestamp? {
        Timestamp.writable ~= milliseconds || milliseconds == .min ? Timestamp(milliseconds: milliseconds) : nil
    }
}
