import Boards
import Events
import Text

/// The age clock's memory, as numbers in the table `meta`: milliseconds, under names that begin with `age`.
enum AgeTable {
    /// Nil in a database that has none yet.
    ///
    /// One that can't be read is replaced by one that knows nothing, by which all that is there is as new as today.
    static func memory(at now: Timestamp, on connection: Connection, by deadline: Uptime) throws(PostgresError)
        -> AgeClock.Memory?
    {
        let rows = try connection.run(
            [Statement("SELECT name, value FROM boardcast.meta WHERE name LIKE 'age%'")], by: deadline)[0]
        var numbers: [String: Int] = [:]
        for row in 0..<rows.count {
            let reader = rows.reader(row, of: "meta")
            numbers[try reader.text(0)] = try reader.int(1, in: Int.min...Int.max)
        }
        return numbers.isEmpty ? nil : memory(numbers) ?? AgeClock.Memory(unknownBefore: now)
    }

    /// The statements that save it, unless another node's, which is further on, was saved.
    static func save(_ memory: AgeClock.Memory) -> [Statement] {
        var names = ["age", "age.wall"]
        var values = [memory.time.wholeMilliseconds, memory.wall.milliseconds]
        for (index, stretch) in memory.stretches.enumerated() {
            names += ["age.\(index)", "age.\(index).wall"]
            values += [stretch.start.wholeMilliseconds, stretch.wall.milliseconds]
        }
        return [
            Statement(
                """
                DELETE FROM boardcast.meta WHERE name LIKE 'age%'
                    AND NOT EXISTS (SELECT 1 FROM boardcast.meta WHERE name = 'age' AND value > $1)
                """, .int(memory.time.wholeMilliseconds)),
            Statement(
                """
                INSERT INTO boardcast.meta (name, value) SELECT * FROM unnest($1::text[], $2::int8[])
                WHERE NOT EXISTS (SELECT 1 FROM boardcast.meta WHERE name = 'age')
                """, .texts(names), .ints(values)),
        ]
    }

    private static func memory(_ numbers: [String: Int]) -> AgeClock.Memory? {
        guard let time = numbers["age"], let wall = numbers["age.wall"].flatMap(wall) else { return nil }
        var stretches: [AgeClock.Stretch] = []
        while let start = numbers["age.\(stretches.count)"] {
            guard let wall = numbers["age.\(stretches.count).wall"].flatMap(self.wall) else { return nil }
            stretches.append(AgeClock.Stretch(start: .milliseconds(start), wall: wall))
        }
        return AgeClock.Memory(time: .milliseconds(time), wall: wall, stretches: stretches)
    }

    private static func wall(_ milliseconds: Int) -> Timestamp? {
        Timestamp.writable ~= milliseconds || milliseconds == .min ? Timestamp(milliseconds: milliseconds) : nil
    }
}
