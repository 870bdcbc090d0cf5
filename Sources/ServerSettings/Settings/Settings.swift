public import Events
public import Logging
public import Text
public import Tokens

/// Everything that an operator can set, with its defaults. ``SettingKey/all`` lists the keys and their allowed values.
public struct Settings: Sendable, Equatable {
    public var http = HTTP()
    public var ops = Operators()
    public var auth = Auth()
    public var signIn = SignIn()
    public var tenants = Tenants()
    public var database = Database()
    public var cluster = Cluster()
    /// How much of the log is kept for each tenant.
    public var events = Retention()
    public var sse = Streams()
    public var limits = Limits()
    public var jobs = Jobs()
    public var rooms = Rooms()
    public var server = Server()
    public var log = Log()
    public var tracing = Tracing()

    /// The defaults.
    public init() {}

    /// Settings of the listener, and limits of requests.
    public struct HTTP: Sendable, Equatable {
        /// A name or an address without brackets, or `unix:` and the path of a socket.
        public var host = "127.0.0.1"
        /// Not used with a socket.
        public var port = 8788
        /// Who may connect to the socket, as the mode of its file.
        public var socketMode = 0o660
        /// Exact origins, of any scheme; never a wildcard.
        public var corsOrigins: [String] = []
        public var maxBodyBytes = 1 << 20
        public var maxBodyValues = 10_000
        public var maxImportBytes = 20 << 20
        public var maxHeaderBytes = 16 << 10
        /// Addresses and networks.
        public var trustedProxies: [String] = []
        /// What people's browsers see; nil when requests say it.
        public var publicURL: ServerURL?
        /// Whether connections of ``trustedProxies`` begin with the PROXY protocol.
        public var proxyProtocol = false
        /// A chain of certificates in PEM, and its key: with both, the listener speaks TLS.
        public var tlsCertificateFile: String?
        public var tlsKeyFile: String?
    }

    /// The listener that operators have for metrics and health checks.
    public struct Operators: Sendable, Equatable {
        /// Nil for no listener of their own.
        public var port: Int?
        /// A name or an address without brackets; nil for this machine alone.
        public var host: String?
    }

    /// Settings that decide which tokens are accepted.
    public struct Auth: Sendable, Equatable {
        public var secret: Secret?
        public var secretFile: String?
        public var publicKeyFile: String?
        public var jwksFile: String?
        /// Hosts from which keys may come without TLS: names, and `*.suffix` for all names below one.
        public var insecureJWKSHosts: [String] = []
        /// A JWK set, or an OpenID discovery document that names one.
        public var jwksURL: String?
        /// OpenID issuers, whose keys are found by discovery.
        public var issuers: [String] = []
        public var issuer: String?
        public var audience: String?
        /// Nil for the algorithms of the given keys.
        public var algorithms: [Algorithm]?
        public var leeway: Duration = .seconds(30)
        /// The tenant of tokens that name none.
        public var tenant: TenantID?
        public var tenantClaim: ClaimPath = "tenant"
        public var roles = RoleRules()

        /// Whether keys have to be fetched.
        var hasKeyURLs: Bool { jwksURL != nil || !issuers.isEmpty }

        /// The issuers that are URLs, each once. Not those of tenants' files, which are the tenants' own matter.
        public var authorizationServers: [String] {
            let others = [issuer].compactMap { $0 }.filter { name in
                ["https://", "http://"].contains { name.hasPrefix($0) } && !issuers.contains(name)
            }
            return issuers + others
        }
    }

    /// How people sign in on our own pages: at an OpenID provider, where the pages are a public client.
    public struct SignIn: Sendable, Equatable {
        /// Exactly as the provider's tokens have it in `iss`; with ``clientID``, or nil.
        public var issuer: String?
        public var clientID: String?
        /// Asked for besides `openid`.
        public var scopes: [String] = []
        /// The API that the token is to be for, where the provider wants to be told.
        public var audience: String?
    }

    /// Settings of individual tenants.
    public struct Tenants: Sendable, Equatable {
        /// The directory of their files, one for each tenant.
        public var directory: String?
        /// The files in it, once they have been read.
        public internal(set) var files: [TenantFile] = []
    }

    /// Settings of the store: its location and durability.
    public struct Database: Sendable, Equatable {
        public var url = DatabaseURL.sqlite(path: "boardcast.sqlite")
        public var synchronous = Synchronous.full
        /// The file that has the password of a PostgreSQL, when neither its URL nor `PGPASSFILE` has it.
        public var passwordFile: String?
        /// Connections that write to a PostgreSQL; each tenant has one of them.
        public var writers = 2
        /// A direct way to the PostgreSQL, for notifications, where ``url`` leads through a pooler.
        public var listenURL: PostgresURL?

        public enum Synchronous: String, Sendable, CaseIterable {
            /// An acknowledged write survives power loss.
            case full
            /// An acknowledged write survives a crash of the process.
            case normal
        }
    }

    /// Settings of one of several servers on a PostgreSQL.
    public struct Cluster: Sendable, Equatable {
        /// What operators call it; nil for the host's name.
        public var nodeName: String?
        /// How long it goes on without the database.
        public var isolation: Duration = .seconds(5)
    }

    /// Settings of all streams of events, over any transport.
    public struct Streams: Sendable, Equatable {
        public var heartbeat: Duration = .seconds(20)
        /// After what time a client reconnects when its connection broke; sent on the stream.
        public var retry: Duration = .milliseconds(3000)
        /// Byte budget of one connection.
        public var queueBytes = 262_144
        /// How long a connection may take no byte.
        public var stall: Duration = .seconds(60)
    }

    /// Limits beyond which requests are refused.
    public struct Limits: Sendable, Equatable {
        public var connectionsPerTenant = 10_000
        public var connectionsPerUser = 64
        public var connectionsTotal = 100_000
        public var writesPerSecond = 200
        public var writeBurst = 400
        public var authFailuresPerSecond = 20
        public var authFailureBurst = 100
        /// The budgets of memory; where one is nil, the memory that the process may use decides: ``MemoryBudgets``.
        public var requestConnections: Int?
        public var bodiesBytes: Int?
        public var answersBytes: Int?
        public var queuesBytes: Int?
        public var recentFramesBytes: Int?
    }

    /// Settings of jobs and their streams.
    public struct Jobs: Sendable, Equatable {
        /// The longest stream of a job.
        public var stream: Duration = .seconds(300)
        /// How long a job's worker may be silent.
        public var stall: Duration = .seconds(300)
    }

    /// Settings of the fan-out.
    public struct Rooms: Sendable, Equatable {
        /// A busy room sends at most once in this time, an idle one at once.
        public var coalesce: Duration = .milliseconds(1)
    }

    /// Settings of the process.
    public struct Server: Sendable, Equatable {
        /// The time over which streams end, and clients reconnect elsewhere, when the server shuts down.
        public var drain: Duration = .seconds(10)
        /// Nil for the number of cores.
        public var loops: Int?
        /// Event loops of plain streams; 0: the others have them as well. Nil: as many as there are cores.
        public var streamLoops: Int?
        /// By how much the threads of these loops stand back for others, as `nice` has it.
        public var streamNiceness = 5
    }

    /// Settings of the spans of requests.
    public struct Tracing: Sendable, Equatable {
        /// Where a collector takes OTLP over HTTP; nil where none does.
        public var otlpURL: ServerURL?
    }

    /// Where the collector takes traces (OTLP, “OTLP/HTTP Request”); empty where there is none.
    public var tracesURL: String { tracing.otlpURL.map { "\($0)/v1/traces" } ?? "" }

    /// Settings of the log on stderr.
    public struct Log: Sendable, Equatable {
        public var level = Logger.Level.info
        public var format = Format.text

        public enum Format: String, Sendable, CaseIterable {
            /// For people: the message, and then `name=value`.
            case text
            /// One JSON object a line.
            case json
        }
    }
}
