import Events
import HTTPTypes
import NIOCore

@testable import Gateway

/// What a row of the table has to say, by the code.
struct BoundCheck {
    /// The row's first cell.
    let what: String
    let words: [TableWord]

    /// - Parameter parts: the row's numbers and names, in the order in which its three cells have them.
    init(_ what: String, _ parts: [TableWord]...) {
        self.what = what
        words = parts.flatMap { $0 }
    }
}

extension [TableWord] {
    static func count(_ number: Int) -> Self { [.count(Double(number))] }
    static func times(_ number: Double) -> Self { [.count(number)] }
    static func bytes(_ number: Int) -> Self { [.bytes(Double(number))] }
    static func share(_ parts: Int) -> Self { [.share(parts)] }
    /// Settings are found among ``ServerSettings/SettingKey/all``, codes among the words of the sources.
    static func name(_ name: String) -> Self { [.name(name)] }

    static func time(_ time: Duration) -> Self { [.seconds(time / .seconds(1))] }
    static func time(_ time: TimeAmount) -> Self { [.seconds(Double(time.nanoseconds) / 1e9)] }

    /// A status, and `Retry-After` if it has one.
    static func refused(_ problem: Problem) -> Self {
        count(problem.status.code) + (problem.headers[.retryAfter] == nil ? [] : name("Retry-After"))
    }

    /// A status, its code, and `Retry-After` if it has one.
    static func refused(named problem: Problem) -> Self {
        var words = refused(problem)
        words.insert(.name(problem.code), at: 1)
        return words
    }

    static func status(_ status: HTTPResponse.Status) -> Self { count(status.code) }
}

extension MemoryBudget {
    /// Of how many parts of a budget a tenant gets one, found by trying.
    static let partsOfTenant: Int = {
        let budget = MemoryBudget { 1000 }
        let tenant = TenantID("acme")!
        let (first, second) = (budget.room(for: tenant), budget.room(for: tenant))
        guard first.grow(to: 1) else { return 0 }
        let most = (1...999).last { second.grow(to: $0) } ?? 0
        return withExtendedLifetime(first) { 1000 / (most + 1) }
    }()
}
