import Boards
import Events
import StrictJSON
import TestSupport
import Testing

@Suite struct OrderTests {
    private static let principal = Principal(
        tenant: TenantID("acme")!, user: UserID("ann")!, role: .viewer, boards: .only([BoardID("side")!]),
        expiresAt: Timestamp(milliseconds: 1_800_000_000_123), issuedAt: Timestamp(milliseconds: 5),
        notBefore: Timestamp(milliseconds: 6), tokenID: "t", issuer: "https://id.example",
        signer: SigningKeyID(rawValue: .max))

    @Test(
        arguments: [
            .revoke(.token(TokenID("t-\"1\"")!), at: 17), .revoke(.subject(UserID("ann")!), at: 17),
            .revoke(.issuedBefore(4), at: 17), .close(.one("0123456789abcdef"), mayReturn: true),
            .close(.user(UserID("bén")!), mayReturn: false), .renew(connection: "0123456789abcdef", principal),
            .list(
                ConnectionQuery(
                    user: UserID("ann")!, board: .main, after: .init(connectedAt: 9, id: "0123456789abcdef"), limit: 7)),
            .list(ConnectionQuery(limit: 100)),
        ] as [Order.Content])
    func `is read as it was written`(_ content: Order.Content) throws {
        let read = try #require(Order.Content(content.bytes))
        #expect(String(decoding: read.bytes, as: UTF8.self) == String(decoding: content.bytes, as: UTF8.self))
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"kind":"dance"}"#, #"{"kind":"revoke","at":1}"#, #"{"kind":"revoke","jti":"t"}"#,
        #"{"kind":"close"}"#, #"{"kind":"renew","connection":"1"}"#, #"{"kind":"list"}"#,
    ])
    func `of another release is passed over`(_ text: String) {
        #expect(Order.Content(Array(text.utf8)) == nil)
    }

    @Test func `a principal goes from one node to another whole`() throws {
        for principal in [Self.principal, Principal(tenant: TenantID("t")!, user: UserID("u")!)] {
            var json = JSONWriter()
            principal.write(into: &json)
            let read = try #require(try JSONParser.parse(json.bytes).object.flatMap { Principal($0) })
            #expect(read.tenant == principal.tenant && read.user == principal.user && read.role == principal.role)
            #expect(read.boards == principal.boards && read.expiresAt == principal.expiresAt)
            #expect(read.issuedAt == principal.issuedAt && read.notBefore == principal.notBefore)
            #expect(read.tokenID == principal.tokenID && read.issuer == principal.issuer)
            #expect(read.signer == principal.signer)
        }
    }

    @Test func `whoever was away for longer than orders are kept has lost some`() {
        func news(head: Int, oldest: Int?) -> NodeNews {
            NodeNews(isMember: true, isKnown: true, head: head, orders: [], oldestOrder: oldest, nodes: [], changes: [])
        }
        #expect(!news(head: 7, oldest: nil).hasLost(after: 7))
        #expect(news(head: 7, oldest: nil).hasLost(after: 6))
        #expect(!news(head: 9, oldest: 8).hasLost(after: 7))
        #expect(news(head: 9, oldest: 9).hasLost(after: 7))
        #expect(!news(head: 9, oldest: 1).hasLost(after: 0))
    }
}
