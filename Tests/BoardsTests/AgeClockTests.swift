import Events
import TestSupport
import Testing

@testable import Boards

@Suite struct AgeClockTests {
    private static let year = Duration.seconds(365 * 86_400)
    private static let week = Duration.seconds(7 * 86_400)
    private static let beginning: Timestamp = 1_768_473_000_000

    /// A machine with both clocks, of which the one on the wall can be set, and an age clock that looks at them.
    private struct Machine {
        var wall = AgeClockTests.beginning
        var uptime = Uptime.second(7)
        var ages: AgeClock

        init(longest: Duration = AgeClockTests.week) {
            ages = AgeClock(nil, wall: wall, uptime: uptime, longest: longest)
        }

        mutating func pass(_ time: Duration) {
            wall = wall + time
            uptime = uptime + time
        }

        mutating func look() -> Duration? { ages.advance(wall: wall, uptime: uptime) }

        /// A new process, after an absence in which only the wall went on.
        mutating func restart(after absence: Duration, longest: Duration = AgeClockTests.week) {
            wall = wall + absence
            uptime = .second(3)
            ages = AgeClock(ages.memory, wall: wall, uptime: uptime, longest: longest)
        }
    }

    @Test func `while nobody sets the clock an age is a difference of two times`() {
        var machine = Machine()
        #expect(machine.ages.cutoff(.seconds(60)) == machine.wall - .seconds(60))
        for _ in 0..<500 {
            machine.pass(.seconds(3600))
            #expect(machine.look() == nil)
        }
        #expect(machine.ages.cutoff(.seconds(60)) == machine.wall - .seconds(60))
        #expect(machine.ages.cutoff(Self.week) == machine.wall - Self.week)
        #expect(machine.ages.memory.stretches.count == 1)
    }

    @Test func `a clock that was set ahead makes nothing older, and set back nothing younger`() {
        var machine = Machine()
        machine.pass(.seconds(100))
        _ = machine.look()
        let before = machine.ages.cutoff(.seconds(60))
        machine.wall = machine.wall + Self.year * 10
        machine.pass(.seconds(30))
        #expect(machine.look() == Self.year * 10)
        #expect(machine.ages.cutoff(.seconds(60)) == before + .seconds(30))
        machine.wall = machine.wall - Self.year * 10
        machine.pass(.seconds(30))
        #expect(machine.look() == .zero - Self.year * 10)
        // Nothing bears a time between: what was written meanwhile was written ten years ahead.
        #expect(before + .seconds(60)...machine.wall - .seconds(30) ~= machine.ages.cutoff(.seconds(60)))
        machine.pass(Self.week)
        #expect(machine.look() == nil)
        #expect(machine.ages.cutoff(.seconds(60)) == machine.wall - .seconds(60))
        #expect(machine.ages.memory.stretches.count == 1, "what nobody can ask about is forgotten")
    }

    @Test func `what was written after the clock was set back, and before that was seen, is not older than it is`() {
        var machine = Machine()
        machine.pass(.seconds(7200))
        _ = machine.look()
        machine.wall = machine.wall - .seconds(3600)
        let written = machine.wall
        machine.pass(.seconds(50))
        #expect(machine.look() == .seconds(-3600))
        machine.pass(.seconds(3600))
        _ = machine.look()
        #expect(machine.ages.cutoff(.seconds(3650)) <= written)
        machine.pass(.seconds(1))
        _ = machine.look()
        #expect(machine.ages.cutoff(.seconds(3650)) > written)
    }

    @Test func `a clock that is moved by less than a minute is not set, but many times are`() {
        var machine = Machine()
        machine.wall = machine.wall + .seconds(59)
        #expect(machine.look() == nil)
        machine.wall = machine.wall + .seconds(2)
        #expect(machine.look() == .seconds(61))
        machine.wall = machine.wall - .seconds(60)
        #expect(machine.look() == nil)
    }

    @Test(arguments: [
        (0, 0), (1, 1), (12 * 3600, 12 * 3600), (12 * 3600 + 60, 12 * 3600), (365 * 86_400, 12 * 3600), (-5, 0),
    ])
    func `of an absence half a day counts`(absence: Int, counted: Int) {
        var machine = Machine()
        let written = machine.wall
        machine.pass(.seconds(10))
        _ = machine.look()
        machine.restart(after: .seconds(absence))
        #expect(machine.ages.memory.time == .seconds(10 + counted))
        #expect(machine.ages.cutoff(.seconds(10 + counted)) <= written)
        #expect((machine.ages.stepAtStart != nil) == (absence > 12 * 3600 + 60))
        machine.pass(Self.week)
        _ = machine.look()
        let difference = machine.wall - machine.ages.cutoff(.seconds(3600))
        #expect(.seconds(3540) ... .seconds(3660) ~= difference)
    }

    @Test func `a start with a clock ten years ahead costs half a day at the most, and is told`() {
        var machine = Machine()
        let written = machine.wall
        machine.restart(after: Self.year * 10)
        #expect(machine.ages.stepAtStart == Self.year * 10 - AgeClock.longestAbsence)
        #expect(machine.ages.cutoff(.seconds(86_400)) < written)
        machine.restart(after: .zero - Self.year * 10)
        #expect(machine.ages.stepAtStart == .zero - Self.year * 10)
        #expect(machine.ages.cutoff(.seconds(86_400)) < written)
    }

    @Test func `a clock that is set all the time makes nothing too old that it can't know about`() {
        var machine = Machine()
        let written = machine.wall
        for turn in 0..<100 {
            machine.pass(.seconds(60))
            machine.wall = machine.wall + .seconds(turn % 2 == 0 ? 1_000_000 : -900_000)
            #expect(machine.look() != nil)
            #expect(machine.ages.memory.stretches.count <= AgeClock.most)
        }
        #expect(machine.ages.cutoff(.seconds(5000)) < written)
        machine.pass(Self.week)
        _ = machine.look()
        #expect(machine.ages.cutoff(Self.week - .seconds(1)) == machine.wall - Self.week + .seconds(1))
    }

    @Test func `however the clock is set, nothing that is younger is too old, and in the end all that is older is`() {
        for seed in 0..<200 {
            var dice = SplitMix(seed: UInt64(seed))
            var machine = Machine()
            var age = Duration.zero
            var rows: [(age: Duration, wall: Timestamp)] = []
            func pass(_ time: Duration) {
                machine.pass(time)
                age += time
                rows.append((age, machine.wall))
            }
            for _ in 0..<60 {
                pass(.seconds(Int.random(in: 0...30_000, using: &dice)))
                // It is looked at once a minute at least.
                _ = machine.look()
                if Int.random(in: 0..<4, using: &dice) == 0 {
                    pass(.seconds(Int.random(in: 0...30, using: &dice)))
                    let step = [40, 4000, 400_000, 400_000_000].randomElement(using: &dice) ?? 0
                    machine.wall = machine.wall + .seconds(Int.random(in: -step...step, using: &dice))
                    rows.append((age, machine.wall))
                    pass(.seconds(Int.random(in: 0...30, using: &dice)))
                }
                if Int.random(in: 0..<8, using: &dice) == 0 {
                    let absence = Int.random(in: 0...100_000, using: &dice)
                    _ = machine.look()
                    machine.restart(after: .seconds(absence))
                    age += .seconds(absence)
                } else {
                    _ = machine.look()
                }
                for limit in [60, 3600, 86_400, 600_000] {
                    let cutoff = machine.ages.cutoff(.seconds(limit))
                    let young = rows.filter { age - $0.age < .seconds(limit - 120) && $0.wall < cutoff }
                    #expect(young.isEmpty, "seed \(seed)")
                }
            }
            pass(Self.week)
            _ = machine.look()
            _ = machine.look()
            let difference = machine.wall - machine.ages.cutoff(.seconds(3600))
            #expect(.seconds(3540) ... .seconds(3660) ~= difference, "seed \(seed)")
        }
    }

    @Test func `a memory is taken when it can have been one`() {
        typealias Stretch = AgeClock.Stretch
        let (first, second) = (Stretch(start: .zero, wall: 5), Stretch(start: .seconds(9), wall: 7))
        #expect(AgeClock.Memory(time: .seconds(9), wall: 0, stretches: [first, second]) != nil)
        for (time, stretches) in [(9, []), (9, [second, first]), (8, [first, second]), (-1, [first])] {
            #expect(AgeClock.Memory(time: .seconds(time), wall: 0, stretches: stretches) == nil)
        }
        let stretch = Stretch(start: .seconds(-1), wall: 0)
        #expect(AgeClock.Memory(time: .zero, wall: 0, stretches: [stretch]) == nil)
    }

    @Test func `a memory that can't be read makes nothing too old for the longest age`() {
        var machine = Machine()
        machine.ages = AgeClock(
            .init(unknownBefore: machine.wall), wall: machine.wall, uptime: machine.uptime, longest: Self.week)
        #expect(machine.ages.cutoff(.seconds(1)) < machine.wall - Self.year)
        machine.pass(.seconds(100))
        _ = machine.look()
        #expect(machine.ages.cutoff(.seconds(1)) == machine.wall - .seconds(1))
        #expect(machine.ages.cutoff(.seconds(101)) < machine.wall - Self.year)
    }
}
