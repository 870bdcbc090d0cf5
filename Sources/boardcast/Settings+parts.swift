import Boards
import CommandLineTools
import Gateway
import Rooms
import SQLiteStore

/// Each part of the server gets what it understands.
extension Settings {
    var databaseLocation: DatabaseLocation {
        switch database.url {
        case .sqlite(let path): .file(path)
        case .sqliteInMemory: .memory
        }
    }

    var storeSettings: StoreSettings {
        var settings = StoreSettings()
        settings.synchronous = database.synchronous == .full ? .full : .normal
        settings.retention = .init(count: events.retainCount, age: events.retain.milliseconds)
        return settings
    }

    var roomLimits: RoomLimits {
        var limits = RoomLimits()
        limits.coalesce = rooms.coalesce.nanoseconds
        limits.heartbeat = sse.heartbeat.nanoseconds
        limits.stall = sse.stall.nanoseconds
        limits.queueBytes = sse.queueBytes
        limits.retryMilliseconds = sse.retry.milliseconds
        limits.retainCount = events.retainCount
        limits.retainMilliseconds = events.retain.milliseconds
        limits.connectionsPerTenant = self.limits.connectionsPerTenant
        limits.connectionsPerUser = self.limits.connectionsPerUser
        limits.connectionsTotal = self.limits.connectionsTotal
        return limits
    }

    var gatewaySettings: GatewaySettings {
        var settings = GatewaySettings()
        settings.corsOrigins = Set(http.corsOrigins)
        settings.maxBodyBytes = http.maxBodyBytes
        settings.maxHeaderBytes = http.maxHeaderBytes
        settings.drainMilliseconds = server.drain.milliseconds
        settings.retryMilliseconds = sse.retry.milliseconds
        return settings
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 { Int64(self / .nanoseconds(1)) }
    fileprivate var milliseconds: Int { Int(self / .milliseconds(1)) }
}
