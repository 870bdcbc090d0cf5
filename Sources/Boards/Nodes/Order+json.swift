import Events
import StrictJSON

/// An order's content as it is stored. A node of another release may write what this one does not know: that is nil, and
/// passed over.
extension Order.Content {
    public init?(_ bytes: [UInt8]) {
        guard let object = try? JSONParser.parse(bytes).object, let kind = object["kind"]?.string else { return nil }
        switch kind {
        case "revoke":
            guard let time = object["at"]?.int.map(Timestamp.init(milliseconds:)) else { return nil }
            if let id = object["jti"]?.string.flatMap(TokenID.init) {
                self = .revoke(.token(id), at: time)
            } else if let user = object["sub"]?.string.flatMap(UserID.init) {
                self = .revoke(.subject(user), at: time)
            } else if let before = object["issuedBefore"]?.int {
                self = .revoke(.issuedBefore(Timestamp(milliseconds: before)), at: time)
            } else {
                return nil
            }
        case "close":
            let mayReturn = object["mayReturn"]?.bool ?? false
            if let id = object["connection"]?.string {
                self = .close(.one(id), mayReturn: mayReturn)
            } else if let user = object["user"]?.string.flatMap(UserID.init) {
                self = .close(.user(user), mayReturn: mayReturn)
            } else {
                return nil
            }
        case "renew":
            guard let id = object["connection"]?.string,
                let principal = object["principal"]?.object.flatMap(Principal.init)
            else { return nil }
            self = .renew(connection: id, principal)
        case "list":
            guard let query = ConnectionQuery(object) else { return nil }
            self = .list(query)
        default: return nil
        }
    }

    public var bytes: [UInt8] {
        var json = JSONWriter(reserving: 256)
        json.object { json in
            json.name("kind")
            switch self {
            case .revoke(let target, let time):
                json.string("revoke")
                json.name("at"); json.int(time.milliseconds)
                switch target {
                case .token(let id): json.name("jti"); json.string(id.rawValue)
                case .subject(let user): json.name("sub"); json.string(user.rawValue)
                case .issuedBefore(let time): json.name("issuedBefore"); json.int(time.milliseconds)
                }
            case .close(let connections, let mayReturn):
                json.string("close")
                json.name("mayReturn"); json.bool(mayReturn)
                switch connections {
                case .one(let id): json.name("connection"); json.string(id)
                case .user(let user): json.name("user"); json.string(user.rawValue)
                }
            case .renew(let id, let principal):
                json.string("renew")
                json.name("connection"); json.string(id)
                json.name("principal"); principal.write(into: &json)
            case .list(let query):
                json.string("list")
                query.write(into: &json)
            }
        }
        return json.bytes
    }
}

extension ConnectionQuery {
    fileprivate init?(_ object: JSONObject) {
        guard let limit = object["limit"]?.int else { return nil }
        self.init(limit: limit)
        user = object["user"]?.string.flatMap(UserID.init)
        board = object["board"]?.string.flatMap(BoardID.init)
        if let time = object["afterTime"]?.int, let id = object["afterID"]?.string {
            after = Place(connectedAt: Timestamp(milliseconds: time), id: id)
        }
    }

    fileprivate func write(into json: inout JSONWriter) {
        json.name("limit"); json.int(limit)
        if let user { json.name("user"); json.string(user.rawValue) }
        if let board { json.name("board"); json.string(board.rawValue) }
        if let after {
            json.name("afterTime"); json.int(after.connectedAt.milliseconds)
            json.name("afterID"); json.string(after.id)
        }
    }
}
