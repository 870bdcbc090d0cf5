import Events
import HTTPTypes

@testable import Boards
@testable import Gateway
@testable import PostgresStore
@testable import ServerSettings
@testable import Tokens
@testable import boardcast

/// Tokens, keys, tickets, and what administrators do.
extension BoundCheck {
    static var access: [BoundCheck] {
        let admin = AdminLimits()
        let keeper = ActKeeper.Limits()
        let full = Problem(BoardError.conflict(.revocationsFull(limit: 1)))
        return [
            BoundCheck(
                "bad tokens of an address", .name("limits.authFailure…"),
                .count(RateLimiter<ClientAddress>().capacity), .count(64), .status(.tooManyRequests),
                .status(.unauthorized)),
            BoundCheck("tenants' files", .count(Settings.mostTenants)),
            BoundCheck("a file of settings, keys or secrets", .bytes(SmallFile.longest)),
            BoundCheck(
                "a JWK set from a URL, by way of a discovery document or not", .bytes(KeyFetcher.longest),
                .time(KeyFetcher.patience), .count(KeyRefresher.mostAtOnce), .time(UnknownKeys.patience)),
            BoundCheck(
                "requests that wait for a key", .count(UnknownKeys.mostWaiting), .time(Authenticator.patience)),
            BoundCheck("keys tried for a token", .count(KeySet.mostTries), .refused(.unauthorized(""))),
            BoundCheck(
                "verified tokens remembered, of those not signed with a secret", .count(TokenVerifier.mostRemembered),
                .count(VerifiedTokenCache.mostBoards)),
            BoundCheck(
                "unused tickets", .count(TicketShelf.limitPerUser), .count(TicketShelf().limit),
                .time(TicketShelf.lifetime), .status(.serviceUnavailable), .name("Retry-After")),
            BoundCheck(
                "a session's cookie", .bytes(SessionCookie.longest), .status(.badRequest), .name("token_too_long")),
            BoundCheck(
                "revocations", .count(admin.revocations), .name("issuedBefore"), .refused(full),
                .name("issuedBefore")),
            BoundCheck("acts of admins recorded", .count(admin.auditEntries)),
            BoundCheck(
                "revocations that wait to be stored", .count(keeper.perTenant), .count(keeper.total),
                .status(.serviceUnavailable), .name("not_durable")),
            BoundCheck(
                "what a node tells the others in one beat", .count(OwnHoldings.mostTold), .count(NodeNews.mostChanges),
                .count(NodeNews.mostOrders)),
            BoundCheck(
                "orders that calls wait for", .count(Nodes.mostAsking), .time(Nodes.patience),
                .status(.serviceUnavailable), .name("Retry-After")),
            BoundCheck("orders and their replies", .time(NodeTables.keptOrders)),
            BoundCheck("rooms that a node names in a reply", .count(ConnectionList.mostRooms)),
            BoundCheck(
                "typing and unlogged events that a node sends to the others", .count(PassingBudget.mostEvents),
                .bytes(PassingBudget.mostBytes), .count(Nodes.mostParcels), .bytes(NodeChannel.mostBytes + 1),
                .time(NodeTables.keptParcels)),
            BoundCheck(
                "records of cuts that wait to be stored", .count(keeper.perTenant), .count(keeper.total)),
        ]
    }
}
