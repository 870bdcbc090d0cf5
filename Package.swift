// swift-tools-version: 6.2
import PackageDescription

/// Those of each of our targets. Where `CI` is set a warning is an error, in our targets alone: those of the packages
/// that we depend on are not shown.
let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// The commit, for `boardcast --version`, as `make release` and `make run` tell it. Other builds are not told, so that a
/// commit alone makes them do nothing again.
let commit = (Context.environment["BOARDCAST_COMMIT"] ?? "").filter {
    $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")
}

extension Target.Dependency {
    static func nio(_ name: String) -> Self { .product(name: name, package: "swift-nio") }
    static func nioExtras(_ name: String) -> Self { .product(name: name, package: "swift-nio-extras") }
    static func hummingbird(_ name: String) -> Self { .product(name: name, package: "hummingbird") }
    static let argumentParser: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient: Self = .product(name: "AsyncHTTPClient", package: "async-http-client")
    static let configuration: Self = .product(name: "Configuration", package: "swift-configuration")
    static let deque: Self = .product(name: "DequeModule", package: "swift-collections")
    static let grdb: Self = .product(name: "GRDB", package: "GRDB.swift")
    static let heap: Self = .product(name: "HeapModule", package: "swift-collections")
    static let httpTypes: Self = .product(name: "HTTPTypes", package: "swift-http-types")
    static let jwtKit: Self = .product(name: "JWTKit", package: "jwt-kit")
    static let lifecycle: Self = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging: Self = .product(name: "Logging", package: "swift-log")
    static let nioHTTP2: Self = .product(name: "NIOHTTP2", package: "swift-nio-http2")
    static let nioSSL: Self = .product(name: "NIOSSL", package: "swift-nio-ssl")
    static let unixSignals: Self = .product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams: Self = .product(name: "Yams", package: "Yams")
}

let package = Package(
    name: "boardcast",
    // For the library; the server itself runs on Linux.
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .executable(name: "boardcast", targets: ["boardcast"]),
        .library(name: "BoardcastClient", targets: ["BoardcastClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),  // an oracle, for tests alone
    ],
    targets: [
        // Ground
        .target(name: "Text", swiftSettings: settings),

        // Words
        .target(name: "Events", dependencies: ["Text"], swiftSettings: settings),
        .target(name: "StrictJSON", dependencies: ["Text"], swiftSettings: settings),

        // Who may
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CEpoll"),
        .target(name: "Tokens", dependencies: ["COpenSSL", "Events", "StrictJSON"], swiftSettings: settings),

        // What happens, and who hears of it
        .target(name: "StreamLoops", dependencies: ["CEpoll", .heap, .nio("NIOCore")], swiftSettings: settings),
        .target(
            name: "Boards", dependencies: ["Events", "StrictJSON", "Text", .deque, .logging], swiftSettings: settings),
        .target(name: "TaskFiles", dependencies: ["Boards", "Events", "StrictJSON", "Text"], swiftSettings: settings),
        .target(
            name: "Imports",
            dependencies: ["Boards", "Events", "StrictJSON", "TaskFiles", "Text", "Tokens", .lifecycle],
            swiftSettings: settings),
        .target(
            name: "Rooms", dependencies: ["Events", "StrictJSON", "Text", .nio("NIOCore"), .deque],
            swiftSettings: settings),

        // Edges
        .target(
            name: "SQLiteStore", dependencies: ["Boards", "Events", "StrictJSON", .grdb, .logging],
            swiftSettings: settings),
        // Declares libpq and finds it at run time: neither a build nor a start without PostgreSQL needs it.
        .target(name: "CPostgres", linkerSettings: [.linkedLibrary("dl")]),
        .target(
            name: "PostgresStore", dependencies: ["Boards", "CPostgres", "Events", "StrictJSON", "Text", .logging],
            swiftSettings: settings),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "Gateway",
            dependencies: [
                "Boards", "CZlib", "Events", "Imports", "Rooms", "StreamLoops", "StrictJSON", "TaskFiles", "Text",
                "Tokens", .hummingbird("Hummingbird"), .hummingbird("HummingbirdCore"), .nio("NIOCore"),
                .nio("NIOHTTP1"),
                .nio("NIOPosix"), .nio("NIOTLS"), .nio("NIOWebSocket"), .nioExtras("NIOHTTPTypes"),
                .nioExtras("NIOHTTPTypesHTTP1"), .nioHTTP2, .nioSSL, .deque, .heap, .httpTypes, .logging, .lifecycle,
            ],
            swiftSettings: settings),
        .target(name: "CWebAssets"),
        .target(name: "WebClient", dependencies: ["CWebAssets"], exclude: ["Assets"], swiftSettings: settings),

        .target(
            name: "Client",
            dependencies: [
                "Events", "StrictJSON", "Text", .asyncHTTPClient, .nio("NIOCore"), .nio("NIOHTTP1"), .nio("NIOPosix"),
                .nioSSL,
            ],
            swiftSettings: settings),

        // For programs of others: needs none of our other targets, and nothing of Linux alone
        .target(
            name: "BoardcastClient", dependencies: [.asyncHTTPClient, .nio("NIOCore"), .nio("NIOHTTP1")],
            swiftSettings: settings),

        // The command line, and all of it put together
        .target(
            name: "ServerSettings",
            dependencies: ["Events", "StrictJSON", "Text", "Tokens", .configuration, .logging, .yams],
            swiftSettings: settings),
        .target(name: "CBuild", cSettings: [.define("BOARDCAST_COMMIT", to: "\"\(commit)\"")]),
        .executableTarget(
            name: "boardcast",
            dependencies: [
                "Boards", "CBuild", "CMalloc", "Client", "Events", "Gateway", "PostgresStore", "Rooms", "SQLiteStore",
                "ServerSettings",
                "StreamLoops", "StrictJSON",
                "Text", "Tokens", "WebClient", .argumentParser, .lifecycle, .logging, .nio("NIOCore"), .nio("NIOPosix"),
                .unixSignals,
            ],
            swiftSettings: settings),

        // Tests
        .target(
            name: "TestSupport", dependencies: ["Events", .nio("NIOCore")], path: "Tests/TestSupport",
            swiftSettings: settings),
        .testTarget(name: "TextTests", dependencies: ["Text"], swiftSettings: settings),
        .testTarget(
            name: "ServerSettingsTests", dependencies: ["Events", "ServerSettings", "TestSupport", "Text", "Tokens"],
            swiftSettings: settings),
        .testTarget(
            name: "ClientTests", dependencies: ["Client", "StrictJSON", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "BoardcastClientTests", dependencies: ["BoardcastClient"], swiftSettings: settings),
        .executableTarget(
            name: "follow-board", dependencies: ["BoardcastClient"], path: "Tests/FollowBoard", swiftSettings: settings),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Client", "Events", "Gateway", "ServerSettings", "StrictJSON", "TestSupport", "Text", "Tokens",
                "boardcast",
                .logging,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "TokensTests", dependencies: ["Events", "StrictJSON", "TestSupport", "Tokens", .jwtKit],
            exclude: ["Oracles"],
            swiftSettings: settings),
        .target(
            name: "Contracts", dependencies: ["Boards", "Events", "StrictJSON", "TestSupport", .logging],
            path: "Tests/Contracts",
            swiftSettings: settings),
        .testTarget(name: "StreamLoopsTests", dependencies: ["StreamLoops", .nio("NIOCore")], swiftSettings: settings),
        .testTarget(
            name: "BoardsTests", dependencies: ["Boards", "Contracts", "Events", "StrictJSON", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: ["Boards", "Contracts", "Events", "SQLiteStore", "StrictJSON", "TestSupport", .grdb],
            swiftSettings: settings),
        .testTarget(
            name: "PostgresStoreTests",
            dependencies: ["Boards", "Contracts", "Events", "PostgresStore", "StrictJSON", "TestSupport", .logging],
            swiftSettings: settings),
        .testTarget(
            name: "TaskFilesTests",
            dependencies: ["Boards", "Events", "StrictJSON", "TaskFiles", "TestSupport", "Text"],
            swiftSettings: settings),
        .testTarget(
            name: "ImportsTests",
            dependencies: ["Boards", "Contracts", "Events", "Imports", "StrictJSON", "TaskFiles", "TestSupport"],
            swiftSettings: settings),
        .testTarget(name: "EventsTests", dependencies: ["Events", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "StrictJSONTests", dependencies: ["StrictJSON", "TestSupport", "Text"], swiftSettings: settings),
        .testTarget(
            name: "RoomsTests",
            dependencies: [
                "Events", "Rooms", "StrictJSON", "TestSupport", .nio("NIOCore"), .nio("NIOEmbedded"), .nio("NIOPosix"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "StreamLoops", "Boards", "Contracts", "Events", "Gateway", "Imports", "Rooms", "SQLiteStore",
                "StrictJSON",
                "TestSupport",
                "Tokens", .grdb,
                .hummingbird("Hummingbird"), .hummingbird("HummingbirdTesting"), .nio("NIOCore"), .nio("NIOEmbedded"),
                .nio("NIOHTTP1"), .nio("NIOPosix"), .httpTypes, .logging,
            ],
            swiftSettings: settings),

        .testTarget(
            name: "BoundsTests",
            dependencies: [
                "Boards", "Events", "Gateway", "Imports", "PostgresStore", "Rooms", "SQLiteStore", "ServerSettings",
                "StrictJSON",
                "TaskFiles", "Tokens", "boardcast", .nio("NIOCore"), .httpTypes,
            ],
            swiftSettings: settings),

        // Figures
        .executableTarget(
            name: "TokenBench", dependencies: ["Events", "Tokens", .jwtKit], path: "Tests/Benchmarks/TokenBench",
            swiftSettings: settings),
        .executableTarget(
            name: "StoreBench", dependencies: ["Boards", "Events", "SQLiteStore", "StrictJSON"],
            path: "Tests/Benchmarks/StoreBench", swiftSettings: settings),
    ]
)
