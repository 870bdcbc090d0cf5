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
        settings.retention = .init(count: events.retainCount, age: events.retain.wholeMilliseconds)
        return settings
    }

    var roomLimits: RoomLimits {
        var limits = RoomLimits()
        limits.coalesce = rooms.coalesce.wholeNanoseconds
        limits.heartbeat = sse.heartbeat.wholeNanoseconds
        limits.stall = sse.stall.wholeNanoseconds
        limits.queueBytes = sse.queueBytes
        limits.retryMilliseconds = sse.retry.wholeMilliseconds
        limits.retainCount = events.retainCount
        limits.retainMilliseconds = events.retain.wholeMilliseconds
        limits.connectionsPerTenant = self.limits.connectionsPerTenant
        limits.connectionsPerUser = self.limits.connectionsPerUser
        limits.connectionsTotal = self.limits.connectionsTotal
        return limits
    }

    func gatewaySettings(_ budget: DescriptorBudget) -> GatewaySettings {
        var settings = GatewaySettings()
        settings.corsOrigins = Set(http.corsOrigins)
        settings.maxBodyBytes = http.maxBodyBytes
        settings.maxHeaderBytes = http.maxHeaderBytes
        settings.drainMilliseconds = server.drain.wholeMilliseconds
        settings.retryMilliseconds = sse.retry.wholeMilliseconds
        settings.maxConnections = budget.connections
        return settings
    }
}
