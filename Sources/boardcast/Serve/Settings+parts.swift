import Boards
import Client
import Events
import Foundation
import Gateway
import PostgresStore
import Rooms
import SQLiteStore
import ServerSettings

/// Converts the settings to those of each part of the server.
extension Settings {
    /// Opens the store, which announces what it has committed to `relay`.
    ///
    /// - Throws: ``Failure`` of usage when the database can't be opened.
    func makeStore(announcingTo relay: Relay) throws(Failure) -> any ServerStore {
        switch database.url {
        case .sqlite(let path): try makeStore(in: .file(path), announcingTo: relay)
        case .sqliteInMemory: try makeStore(in: .memory, announcingTo: relay)
        case .postgres(let url): try makeStore(at: url, announcingTo: relay)
        }
    }

    private func makeStore(
        in location: DatabaseLocation, announcingTo relay: Relay
    ) throws(Failure) -> any ServerStore {
        do throws(SQLiteStoreError) {
            return try SQLiteBoardStore(
                location, settings: storeSettings, now: Timestamp.now, announce: { relay.announce($0) })
        } catch {
            throw Failure(.usage, error.description)
        }
    }

    private func makeStore(at url: PostgresURL, announcingTo relay: Relay) throws(Failure) -> any ServerStore {
        do throws(PostgresError) {
            return try PostgresBoardStore(
                postgresPlace(url),
                direct: database.listenURL.map { url throws(PostgresError) in try postgresPlace(url) },
                settings: postgresSettings, now: Timestamp.now, announce: { relay.announce($0) })
        } catch {
            throw Failure(.usage, error.description)
        }
    }

    func postgresPlace(_ url: PostgresURL) throws(PostgresError) -> PostgresPlace {
        try PostgresPlace(url: url.text, name: url.description, passwordFile: database.passwordFile)
    }

    /// Nil where no other gateway can be on the same database.
    func node(on store: any ServerStore) -> NodeSettings? {
        store.nodes.map {
            NodeSettings(
                store: $0, name: cluster.nodeName ?? ProcessInfo.processInfo.hostName,
                isolation: cluster.isolation
            ) { [listenerAddress, http] port in
                ListeningAddress(listenerAddress, port: port, isSecure: http.isSecure).description
            }
        }
    }

    var listenerAddress: ListenerAddress {
        http.socketPath.map { .socket(path: $0) } ?? .network(host: http.host, port: http.port)
    }

    /// Nil for a server that speaks plain HTTP.
    ///
    /// - Throws: ``Failure`` of usage when it can't be used.
    func makeCertificate() throws(Failure) -> ServerCertificate? {
        guard let file = http.tlsCertificateFile, let key = http.tlsKeyFile else { return nil }
        do throws(CertificateError) { return try ServerCertificate(certificateFile: file, keyFile: key) } catch {
            throw Failure(.usage, "\(error)")
        }
    }

    /// Nil where operators have no listener of their own.
    var operatorsListener: ListenerAddress? {
        operatorsAddress.map { .network(host: $0.host, port: $0.port) }
    }

    /// Nil for a network address.
    ///
    /// - Throws: ``Failure`` of usage when the path is taken.
    func makeSocketFile() throws(Failure) -> SocketFile? {
        guard let path = http.socketPath else { return nil }
        return try SocketFile(path, mode: http.socketMode)
    }

    /// What administrators are told of the server.
    func facts(of store: any ServerStore) -> ServerFacts {
        let kind =
            switch database.url {
            case .sqlite, .sqliteInMemory: "sqlite"
            case .postgres: "postgres"
            }
        return ServerFacts(version: Version.text, database: kind, size: store.size)
    }

    var storeSettings: StoreSettings {
        var settings = StoreSettings()
        settings.synchronous = database.synchronous == .full ? .full : .normal
        settings.retention = perTenant(\.events)
        settings.cacheBytes = MemoryBudgets(limits).pageCache
        return settings
    }

    private var postgresSettings: PostgresSettings {
        var settings = PostgresSettings()
        settings.writers = database.writers
        settings.retention = perTenant(\.events)
        return settings
    }

    private var writes: RateLimit { RateLimit(perSecond: limits.writesPerSecond, burst: limits.writeBurst) }

    private func perTenant<Part: Sendable>(_ part: (Settings) -> Part) -> PerTenant<Part> {
        PerTenant(part(self), own: Dictionary(tenants.files.map { ($0.tenant, part($0.settings)) }) { $1 })
    }

    var roomLimits: RoomLimits {
        var limits = RoomLimits()
        limits.coalesce = rooms.coalesce
        limits.heartbeat = sse.heartbeat
        limits.stall = sse.stall
        limits.queueBytes = sse.queueBytes
        limits.retry = sse.retry
        limits.connectionsTotal = self.limits.connectionsTotal
        let memory = MemoryBudgets(self.limits)
        limits.recentBytesTotal = memory.recentFrames
        limits.queuedBytesTotal = memory.queues
        // A list for streams, or the state that one begins with, takes some megabytes while it is read.
        limits.readsAtOnce = min(limits.readsAtOnce, max(2, memory.queues / (8 << 20)))
        limits.tenants = perTenant {
            RoomLimits.Tenant(
                connections: $0.limits.connectionsPerTenant, connectionsPerUser: $0.limits.connectionsPerUser,
                retention: $0.events)
        }
        return limits
    }

    func gatewaySettings(_ budget: DescriptorBudget, _ certificate: ServerCertificate?) -> GatewaySettings {
        var settings = GatewaySettings()
        settings.corsOrigins = Set(http.corsOrigins)
        settings.writes = perTenant(\.writes)
        settings.ownOrigins = perTenant { Set($0.http.corsOrigins) }.own
        settings.authFailures = RateLimit(perSecond: limits.authFailuresPerSecond, burst: limits.authFailureBurst)
        settings.trustedProxies = http.trustedProxies.compactMap { Network($0) }
        settings.publicURL = http.publicURL
        settings.authorizationServers = auth.authorizationServers
        settings.proxyProtocol = http.proxyProtocol
        settings.certificate = certificate
        // A socket's peers have the address of this machine, and only who may open its file is one.
        if http.socketPath != nil { settings.trustedProxies += ["127.0.0.1"].compactMap { Network($0) } }
        settings.maxBodyBytes = http.maxBodyBytes
        settings.maxBodyValues = http.maxBodyValues
        settings.maxImportBytes = http.maxImportBytes
        settings.maxHeaderBytes = http.maxHeaderBytes
        let memory = MemoryBudgets(limits)
        settings.bodiesBytes = memory.bodies
        settings.answersBytes = memory.answers
        settings.maxRequestConnections = memory.requestConnections
        settings.drain = server.drain
        settings.retry = sse.retry
        settings.jobStream = jobs.stream
        settings.maxConnections = budget.connections
        settings.operators = operatorsListener
        settings.signIn = perTenant { $0.signIn.atGateway }
        return settings
    }
}

extension Settings.SignIn {
    /// Nil where nobody signs in.
    fileprivate var atGateway: SignIn? {
        guard let issuer, let clientID else { return nil }
        return SignIn(issuer: issuer, clientID: clientID, scopes: scopes, audience: audience)
    }
}
