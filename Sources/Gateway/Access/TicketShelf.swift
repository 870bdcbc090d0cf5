import DequeModule
import Events
import Tokens

/// The tickets that were given out and not used yet, by their SHA-256, each with the principal of the token that
/// it was made with. Holds no ticket.
struct TicketShelf {
    /// How long a ticket is valid, in seconds.
    static let lifetime = 30
    /// Unused ones of a user, beyond which its oldest goes, and of all users.
    static let limitPerUser = 32

    private struct Entry {
        let principal: Principal
        /// Milliseconds since 1970.
        let expiresAt: Int
    }

    private struct Owner: Hashable {
        let tenant: TenantID
        let user: UserID

        init(_ principal: Principal) { (tenant, user) = (principal.tenant, principal.user) }
    }

    private let limit: Int
    private var entries: [[UInt8]: Entry] = [:]
    /// Oldest first.
    private var owned: [Owner: [[UInt8]]] = [:]
    /// In the order in which they were given out, and so expire; those used since among them.
    private var line: Deque<[UInt8]> = []

    init(limit: Int = 100_000) { self.limit = limit }

    var count: Int { entries.count }
    /// Places in line, of which some are of tickets that were used.
    var places: Int { line.count }

    /// Puts a ticket there.
    ///
    /// - Parameters:
    ///   - ticket: 43 letters of base64url.
    ///   - now: milliseconds since 1970.
    /// - Returns: false when there is no room.
    mutating func put(_ ticket: String, _ principal: Principal, at now: Int) -> Bool {
        removeExpired(at: now)
        let owner = Owner(principal)
        if let mine = owned[owner], mine.count >= Self.limitPerUser { remove(mine[0]) }
        guard entries.count < limit else { return false }
        let digest = sha256(Array(ticket.utf8))
        entries[digest] = Entry(principal: principal, expiresAt: now + Self.lifetime * 1000)
        owned[owner, default: []].append(digest)
        line.append(digest)
        return true
    }

    /// Takes a ticket away; nil when it is not there or too old.
    mutating func take(_ ticket: String, at now: Int) -> Principal? {
        guard ticket.utf8.count == 43, let entry = remove(sha256(Array(ticket.utf8))), now < entry.expiresAt else {
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

    private mutating func removeExpired(at now: Int) {
        while let first = line.first, entries[first].map({ $0.expiresAt <= now }) ?? true {
            remove(first)
            line.removeFirst()
        }
        // Those used since must not pile up.
        if line.count > 2 * entries.count + 64 { line.removeAll { entries[$0] == nil } }
    }
}
