import ServerSettings
import Synchronization
import Testing
import Tokens

@testable import boardcast

@Suite struct UnknownKeysTests {
    /// A clock that a test sets, and what came of what it asked for.
    private final class World: Sendable {
        private let start = ContinuousClock.now
        private let seconds = Mutex(0)
        private let arrivals = Mutex(0)
        var now: ContinuousClock.Instant { start + .seconds(seconds.withLock { $0 }) }
        var arrived: Int { arrivals.withLock { $0 } }

        func turn(to second: Int) { seconds.withLock { $0 = second } }
        func second(_ second: Int) -> ContinuousClock.Instant { start + .seconds(second) }
        func arrive() { arrivals.withLock { $0 += 1 } }
    }

    private let world = World()
    private let keys: UnknownKeys
    private let general: KeyURL
    private let issuer: KeyURL

    init() throws {
        keys = UnknownKeys { [world] in world.now }
        var settings = Settings()
        (settings.auth.jwksURL, settings.auth.issuers) = ("https://a.example/keys", ["https://b.example"])
        general = try #require(settings.keyURLs.first)
        issuer = try #require(settings.keyURLs.last)
        keys.watch(settings.keyURLs)
    }

    private func ask(_ issuer: String? = nil) -> Bool { keys.request(issuer) { [world] in world.arrive() } }

    @Test func `all who send an unknown key wait for one fetch`() {
        for _ in 0..<5 { #expect(ask()) }
        #expect(keys.take() == [general: world.now] && keys.take().isEmpty)
        #expect(ask(), "the fetch is under way")
        #expect(keys.take().isEmpty && world.arrived == 0)
        keys.ended(general)
        #expect(world.arrived == 6)
        keys.ended(general)
        #expect(world.arrived == 6)
    }

    @Test func `for made-up keys there is one fetch in 30 s, and nobody waits for the next`() {
        #expect(ask())
        _ = keys.take()
        keys.ended(general)
        for second in 1..<30 {
            world.turn(to: second)
            #expect(!ask())
            // The first of them has the set fetched when the time is over.
            #expect(keys.take() == (second == 1 ? [general: world.second(30)] : [:]))
        }
        world.turn(to: 31)
        #expect(!ask(), "it was fetched at 30")
        #expect(keys.take() == [general: world.second(60)])
        world.turn(to: 91)
        #expect(ask())
        #expect(world.arrived == 1)
    }

    @Test func `an issuer's set is for its own tokens, the general one for those of all others`() {
        #expect(ask("https://b.example") && keys.take().keys.map(\.self) == [issuer])
        #expect(ask("https://c.example") && keys.take().keys.map(\.self) == [general])
        #expect(ask("https://b.example/") && keys.take().isEmpty)
        keys.ended(issuer)
        #expect(world.arrived == 1)
    }

    @Test func `where nothing is fetched nobody waits, and what is fetched no longer lets them go`() {
        #expect(ask())
        keys.watch([issuer])
        #expect(world.arrived == 1 && !ask() && keys.take().isEmpty)
    }

    @Test func `those beyond the bound do not wait`() {
        for _ in 0..<UnknownKeys.mostWaiting { _ = ask() }
        #expect(!ask())
        keys.ended(general)
        #expect(world.arrived == UnknownKeys.mostWaiting)
    }
}
