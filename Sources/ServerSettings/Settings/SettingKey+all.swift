import Events
import Tokens

extension SettingKey {
    /// Every key, in the order of the documentation.
    public static let all: [SettingKey] = [
        SettingKey("http.host", \.http.host, .host),
        SettingKey("http.port", \.http.port, .whole(0...65_535)),
        SettingKey("http.socketMode", \.http.socketMode, .fileMode),
        SettingKey("http.corsOrigins", \.http.corsOrigins, .list(of: .origin)),
        SettingKey("http.maxBodyBytes", \.http.maxBodyBytes, .whole(1024...1 << 30, of: "bytes")),
        SettingKey("http.maxBodyValues", \.http.maxBodyValues, .whole(100...10_000_000)),
        SettingKey("http.maxImportBytes", \.http.maxImportBytes, .whole(1024...1 << 30, of: "bytes")),
        SettingKey("http.maxHeaderBytes", \.http.maxHeaderBytes, .whole(1024...1 << 20, of: "bytes")),
        SettingKey("http.trustedProxies", \.http.trustedProxies, .list(of: .network)),
        SettingKey("http.publicURL", \.http.publicURL, .publicURL),
        SettingKey("http.proxyProtocol", \.http.proxyProtocol, .flag),
        SettingKey("http.tlsCertificateFile", \.http.tlsCertificateFile, .path),
        SettingKey("http.tlsKeyFile", \.http.tlsKeyFile, .path),

        SettingKey("ops.host", \.ops.host, .networkHost),
        SettingKey("ops.port", \.ops.port, .whole(0...65_535)),

        SettingKey("auth.secret", \.auth.secret, .secret),
        SettingKey("auth.secretFile", \.auth.secretFile, .path),
        SettingKey("auth.publicKeyFile", \.auth.publicKeyFile, .path),
        SettingKey("auth.jwksFile", \.auth.jwksFile, .path),
        SettingKey("auth.insecureJWKSHosts", \.auth.insecureJWKSHosts, .list(of: .hostPattern)),
        SettingKey("auth.jwksURL", \.auth.jwksURL, .keyURL, check: isAllowed),
        SettingKey("auth.issuers", \.auth.issuers, .list(of: .keyURL)) { urls, settings throws(Unfit) in
            for url in urls { try isAllowed(url, settings) }
        },
        SettingKey("auth.issuer", \.auth.issuer, .text("the iss that tokens must have")),
        SettingKey("auth.audience", \.auth.audience, .text("the aud that tokens must name")),
        SettingKey("auth.algorithms", \.auth.algorithms, .list(of: .algorithm)),
        SettingKey("auth.leewaySeconds", \.auth.leeway, .seconds(0...600)),
        SettingKey("auth.tenant", \.auth.tenant, .tenant),
        SettingKey("auth.tenantClaim", \.auth.tenantClaim, .claim),
        SettingKey("auth.roleClaim", \.auth.roles.claim, .claim),
        SettingKey("auth.roles", \.auth.roles.map, .roles),
        SettingKey("auth.defaultRole", \.auth.roles.fallback, .name()),

        SettingKey("signIn.issuer", \.signIn.issuer, .issuer, check: isAllowed),
        SettingKey("signIn.clientID", \.signIn.clientID, .line("the id that the provider has given to these pages")),
        SettingKey("signIn.scopes", \.signIn.scopes, .list(of: .scope)),
        SettingKey("signIn.audience", \.signIn.audience, .line("the API that the provider's tokens are to be for")),

        SettingKey("tenants.directory", \.tenants.directory, .directory),

        SettingKey("database.url", \.database.url, DatabaseURL.format),
        SettingKey("database.synchronous", \.database.synchronous, .name()),
        SettingKey("database.passwordFile", \.database.passwordFile, .path),
        SettingKey("database.writers", \.database.writers, .whole(1...64)),
        SettingKey("database.listenURL", \.database.listenURL, PostgresURL.format),

        SettingKey("cluster.nodeName", \.cluster.nodeName, .line("the name of this gateway among several")),
        SettingKey("cluster.isolationSeconds", \.cluster.isolation, .seconds(2...3600)),

        SettingKey("events.retainCount", \.events.count, .whole(1...1_000_000_000, of: "events")),
        SettingKey("events.retainSeconds", \.events.age, .seconds(1...3_650 * 86_400)),

        SettingKey("sse.heartbeatSeconds", \.sse.heartbeat, .seconds(1...3600)),
        SettingKey("sse.retryMilliseconds", \.sse.retry, .milliseconds(1...3_600_000)),
        SettingKey("sse.queueBytes", \.sse.queueBytes, .whole(4096...1 << 30, of: "bytes")),
        SettingKey("sse.stallSeconds", \.sse.stall, .seconds(1...86_400)),

        SettingKey("limits.connectionsPerTenant", \.limits.connectionsPerTenant, .whole(1...10_000_000)),
        SettingKey("limits.connectionsPerUser", \.limits.connectionsPerUser, .whole(1...10_000_000)),
        SettingKey("limits.connectionsTotal", \.limits.connectionsTotal, .whole(1...10_000_000)),
        SettingKey("limits.writesPerSecond", \.limits.writesPerSecond, .whole(1...1_000_000)),
        SettingKey("limits.writeBurst", \.limits.writeBurst, .whole(1...1_000_000)),
        SettingKey("limits.authFailuresPerSecond", \.limits.authFailuresPerSecond, .whole(1...1_000_000)),
        SettingKey("limits.authFailureBurst", \.limits.authFailureBurst, .whole(1...1_000_000)),
        SettingKey("limits.requestConnections", \.limits.requestConnections, .whole(16...10_000_000)),
        SettingKey("limits.answersBytes", \.limits.answersBytes, .whole(1 << 16...1 << 40, of: "bytes")),
        SettingKey("limits.queuesBytes", \.limits.queuesBytes, .whole(1 << 16...1 << 40, of: "bytes")),
        SettingKey("limits.bodiesBytes", \.limits.bodiesBytes, .whole(1 << 16...1 << 40, of: "bytes")),
        SettingKey("limits.recentFramesBytes", \.limits.recentFramesBytes, .whole(0...1 << 40, of: "bytes")),

        SettingKey("jobs.streamSeconds", \.jobs.stream, .seconds(1...86_400)),
        SettingKey("jobs.stallSeconds", \.jobs.stall, .seconds(1...86_400)),

        SettingKey("rooms.coalesceMilliseconds", \.rooms.coalesce, .milliseconds(0...1000)),

        SettingKey("server.drainSeconds", \.server.drain, .seconds(0...600)),
        SettingKey("server.loops", \.server.loops, .whole(1...1024)),
        SettingKey("server.streamLoops", \.server.streamLoops, .whole(0...1024)),
        SettingKey("server.streamNiceness", \.server.streamNiceness, .whole(0...19)),

        SettingKey("log.level", \.log.level, .logLevel),
        SettingKey("log.format", \.log.format, .name()),

        SettingKey("tracing.otlpURL", \.tracing.otlpURL, .serverURL),
    ]

    /// - Throws: when keys would come from there in the open, and that is not allowed.
    @Sendable private static func isAllowed(_ url: String, _ settings: Settings) throws(Unfit) {
        guard KeyPlace(url)?.isAllowed(insecure: settings.auth.insecureJWKSHosts) == true else {
            throw Unfit("would be fetched in the open", showsText: false)
        }
    }

    static func named(_ name: String) -> SettingKey? { all.first { $0.name == name } }
}
