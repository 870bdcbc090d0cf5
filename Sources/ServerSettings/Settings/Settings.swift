public import Logging
public import Tokens

/// Everything that an operator can set, with its defaults. ``SettingKey/all`` has the keys and what each may be.
public struct Settings: Sendable, Equatable {
    public var http = HTTP()
    public var auth = Auth()
    public var tenants = Tenants()
    public var database = Database()
    public var events = Retention()
    public var sse = Streams()
    public var limits = Limits()
    public var jobs = Jobs()
    public var rooms = Rooms()
    public var server = Server()
    public var log = Log()

    public init() {}

    public struct HTTP: Sendable, Equatable {
        public var host = "127.0.0.1"
        public var port = 8788
        /// Exact origins; never a wildcard.
        public var corsOrigins: [String] = []
        public var maxBodyBytes = 1 << 20
        public var maxHeaderBytes = 16 << 10
        /// Addresses and networks.
        public var trustedProxies: [String] = []
    }

    public struct Auth: Sendable, Equatable {
        public var secret: Secret?
        public var secretFile: String?
        public var publicKeyFile: String?
        public var jwksFile: String?
        public var jwksURL: String?
        public var issuer: String?
        public var audience: String?
        /// Nil: those of the keys given.
        public var algorithms: [Algorithm]?
        public var leeway: Duration = .seconds(30)
        public var tenantClaim = "tenant"
    }

    public struct Tenants: Sendable, Equatable {
        public var directory: String?
        /// What is in it, once it has been read.
        public internal(set) var files: [TenantFile] = []
    }

    public struct Database: Sendable, Equatable {
        public var url = DatabaseURL.sqlite(path: "boardcast.sqlite")
        public var synchronous = Synchronous.full

        public enum Synchronous: String, Sendable, CaseIterable {
            /// An acknowledged write survives power loss.
            case full
            /// An acknowledged write survives a crash of the process.
            case normal
        }
    }

    /// What of the log is kept, for each tenant.
    public struct Retention: Sendable, Equatable {
        public var retainCount = 100_000
        public var retain: Duration = .seconds(7 * 86_400)
    }

    public struct Streams: Sendable, Equatable {
        public var heartbeat: Duration = .seconds(20)
        public var retry: Duration = .milliseconds(3000)
        public var queueBytes = 262_144
        public var stall: Duration = .seconds(60)
    }

    public struct Limits: Sendable, Equatable {
        public var connectionsPerTenant = 10_000
        public var connectionsPerUser = 64
        public var connectionsTotal = 100_000
        public var writesPerSecond = 200
        public var writeBurst = 400
        public var authFailuresPerSecond = 20
        public var authFailureBurst = 100
    }

    public struct Jobs: Sendable, Equatable {
        public var stream: Duration = .seconds(300)
        public var stall: Duration = .seconds(300)
    }

    public struct Rooms: Sendable, Equatable {
        public var coalesce: Duration = .milliseconds(1)
    }

    public struct Server: Sendable, Equatable {
        public var drain: Duration = .seconds(10)
        /// Nil: as many as there are cores.
        public var loops: Int?
    }

    public struct Log: Sendable, Equatable {
        public var level = Logger.Level.info
    }
}
