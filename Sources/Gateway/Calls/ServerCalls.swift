import Boards
import Events
import HTTPTypes
import Hummingbird
import Rooms
import StrictJSON
import Text
import Tokens

/// `GET /api/server` (admin): which server this is and since when, and the tenant's log, limits, keys and figures.
///
/// What would tell of other tenants, the size of the database and the refusals of all, is for this machine alone, as
/// `/metrics` is.
struct ServerCalls {
    let store: any BoardStore
    let relay: Relay
    let authenticator: Authenticator
    let settings: LiveSettings
    let counters: GatewayCounters
    let figures: FigureKeeper
    let facts: @Sendable () -> ServerFacts
    let started: Timestamp

    var all: [Call] {
        [
            Call(
                "server.show", .get, "/api/server", .administer,
                "Which server this is, and the tenant's log, limits, keys and figures.",
                answers: [.json(.server)], refusals: [.serviceUnavailable], show)
        ]
    }

    @Sendable func show(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let tenant = context.tenant
        let bounds: LogBounds
        do throws(StoreFailure) { bounds = try await store.bounds(of: tenant) } catch {
            throw Problem.unavailable(because: error)
        }
        let isForAll = input.request.isOfThisMachine(context.peer)
        var refused = 0
        if isForAll { for hub in relay.hubs { refused += try await hub.counters().get().refused } }
        let facts = facts()
        var json = JSONWriter()
        json.object {
            $0.name("version"); $0.string(facts.version)
            $0.name("startedAt"); $0.string(started.description)
            $0.name("time"); $0.string(relay.wallClock().description)
            $0.name("log")
            $0.object {
                $0.name("head"); $0.int(bounds.head)
                $0.name("oldest"); $0.int(bounds.oldest)
            }
            $0.name("connections"); $0.int(relay.connections(of: tenant))
            $0.name("limits"); $0.limits(relay.limits(of: tenant), settings.current, of: tenant)
            $0.name("keys"); $0.array(authenticator.keys(for: tenant)) { $0.key($1.key, since: $1.since) }
            $0.name("figures")
            $0.array(figures.samples(of: tenant)) { $0.sample($1) }
            $0.name("database")
            $0.object {
                $0.name("kind"); $0.string(facts.database)
                guard isForAll, let size = facts.size else { return }
                $0.name("bytes"); $0.int(size.database)
                $0.name("logBytes"); $0.int(size.log)
            }
            guard isForAll else { return }
            $0.name("refusals"); $0.refusals(counters.current, connections: refused)
        }
        return .json(json.bytes)
    }
}

extension JSONWriter {
    fileprivate mutating func limits(_ rooms: RoomLimits.Tenant, _ settings: GatewaySettings, of tenant: TenantID) {
        object {
            $0.name("connectionsPerTenant"); $0.int(rooms.connections)
            $0.name("connectionsPerUser"); $0.int(rooms.connectionsPerUser)
            $0.name("writesPerSecond"); $0.int(settings.writes[tenant].perSecond)
            $0.name("writeBurst"); $0.int(settings.writes[tenant].burst)
            $0.name("maxBodyBytes"); $0.int(settings.maxBodyBytes)
            $0.name("maxImportBytes"); $0.int(settings.maxImportBytes)
            $0.name("retainCount"); $0.int(rooms.retention.count)
            $0.name("retainSeconds"); $0.int(rooms.retention.age.wholeSeconds)
        }
    }

    fileprivate mutating func key(_ key: TokenKey, since: Timestamp) {
        object {
            $0.name("keyId")
            if let id = key.keyID { $0.string(id) } else { $0.null() }
            $0.name("issuer")
            if let issuer = key.issuer { $0.string(issuer) } else { $0.null() }
            $0.name("algorithms"); $0.array(key.algorithms) { $0.string($1.rawValue) }
            $0.name("since"); $0.string(since.description)
        }
    }

    fileprivate mutating func sample(_ sample: Figures.Sample) {
        object {
            $0.name("at"); $0.string(Timestamp(milliseconds: Int(sample.minute) * 60_000).description)
            $0.name("connections"); $0.int(Int(sample.connections))
            $0.name("events"); $0.int(Int(sample.events))
        }
    }

    fileprivate mutating func refusals(_ counts: GatewayCounters.Counts, connections: Int) {
        func write(_ counts: [String: Int], into json: inout JSONWriter) {
            json.object { json in
                for (name, count) in counts.sorted(by: { $0.key < $1.key }) where count > 0 {
                    json.name(escaping: name); json.int(count)
                }
            }
        }
        object {
            $0.name("tokens"); write(counts.authFailures, into: &$0)
            $0.name("limits"); write(counts.limited.merging(["connections": connections]) { $1 }, into: &$0)
        }
    }
}

extension JSONSchema {
    fileprivate static let server = object([
        .required("version", text()), .required("startedAt", .time), .required("time", .time),
        .required("log", object([.required("head", .integer(from: 0)), .required("oldest", .integer(from: 1))])),
        .required("connections", .integer(from: 0)), .required("limits", map(of: .integer(from: 0))),
        .required("keys", array(of: key)),
        .required("figures", array(of: figure).described("A day's minutes, oldest first, since the start.")),
        .required(
            "database",
            object([
                .required("kind", text()), .optional("bytes", .integer(from: 0)),
                .optional("logBytes", .integer(from: 0)),
            ])
        ),
        .optional(
            "refusals",
            object([
                .required("tokens", map(of: .integer(from: 0))), .required("limits", map(of: .integer(from: 0))),
            ]).described("Of all tenants, since the start; for loopback clients alone.")),
    ]).named("Server")

    private static let key = object([
        .required("keyId", text().orNull), .required("issuer", text().orNull),
        .required("algorithms", array(of: text())), .required("since", time),
    ])

    private static let figure = object([
        .required("at", time), .required("connections", .integer(from: 0)), .required("events", .integer(from: 0)),
    ])
}
