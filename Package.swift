// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "boardcast",
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
    ],
    targets: [
        .target(name: "StrictJSON", swiftSettings: settings),
        .target(name: "Events", swiftSettings: settings),
        .target(
            name: "Rooms",
            dependencies: [
                "Events", "StrictJSON", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "RoomsTests",
            dependencies: ["Rooms", .product(name: "NIOPosix", package: "swift-nio")], swiftSettings: settings),
    ]
)
