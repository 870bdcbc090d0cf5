import DequeModule
import Events
import Tokens

/// The unused tickets, stored by their SHA-256 only, each with the principal of the token that it was made with.
struct TicketShelf {
    /// How long a ticket is valid.
    static let lifetime = Duration.seconds(30)
    /// The most unused tickets of one user, beyond which its oldest is deleted.
    static let limitPerUser = 32

    private struct Entry {
        let principal: Principal
        let expiresAt: Timestamp
    }

    private struct Owner: Hashable {
        let tenant: TenantID
        let user: UserID

        init(_ principal: Principal) { (tenant, user) = (principal.tenant, principal.user) }
    }

    /// The most unused tickets of all users.
    static let limit = 100_000

    let limit: Int
    private var entries: [[UInt8]: Entry] = [:]
    /// Oldest first.
    private var owned: [Owner: [[UInt8]]] = [:]
    /// The tickets in the order in which they were issued and expire, including some that were used since.
    private var line: Deque<[UInt8]> = []

    init(limit: Int = limit) { self.limit = limit }

    var count: Int { entries.count }
    /// The length of the line, including used tickets.
    var places: Int { line.count }

    /// Adds a ticket.
    ///
    /// - Parameter ticket: 43 letters of base64url.
    /// - Returns: false when there is no room.
    mutating func put(_ ticket: String, _ principal: Principal, at now: Timestamp) -> Bool {
        removeExpired(at: now)
        let owner = Owner(principal)
        if let mine = owned[owner], mine.count >= Self.limitPerUser { remove(mine[0]) }
        guard entries.count < limit else { return false }
        let digest = sha256(Array(ticket.utf8))
        entries[digest] = Entry(principal: principal, expiresAt: now + Self.lifetime)
        owned[owner, default: []].append(digest)
        line.append(digest)
        return true
    }

    /// Whether it has the form of one.
    static func isTicket(_ text: String) -> Bool { text.utf8.count == 43 }

    /// Removes a ticket and returns its principal; nil when it is unknown or expired.
    mutating func take(_ ticket: String, at now: Timestamp) -> Principal? {
        guard Self.isTicket(ticket), let entry = remove(sha256(Array(ticket.utf8))), now < entry.expiresAt else {
            return nil
        }
        return entry.principal
    }

    @discardableResult
    private mutating func remove(_ digest: [UInt8]) -> Entry? {
        guard let entry = entries.removeValue(forKey: digest) else { return nil }
        owned[Owner(entry.principal)]?.removeAll { $0 == digest }
        if owned[Owner(entry.principal)]?.isEmpty == true { owned[Owner(entry.principal)] = nil }
        return entry
    }

    private mutating func removeExpired(at now: Timestamp) {
        while let first = line.first, entries[first].map({ $0.expiresAt <= now }) ?? true {
            remove(first)
            line.removeFirst()
        }
        // Used tickets must not accumulate in the line.
        if line.count > 2 * entries.count + 64 { line.removeAll { entries[$0] == nil } }
    }
}
