import Events
import Foundation
import PostgresStore
import Synchronization

@testable import PostgresStore

/// A PostgreSQL of the tests' own, in a temporary folder, on a Unix socket there, as a user who is not root. It is started
/// for the first test that needs it, and ends with the process, however that ends.
final class TestServer: Sendable {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    let folder: String
    private let process: Process

    private static let started = Mutex<Result<TestServer, Missing>?>(nil)

    static func shared() throws -> TestServer {
        try started.withLock { started in
            if started == nil { started = Result { () throws(Missing) in try TestServer() } }
            return try started!.get()
        }
    }

    private init() throws(Missing) {
        guard let programs = Self.programs else {
            throw Missing(description: "PostgreSQL 15 or later is not installed: apt-get install postgresql libpq5")
        }
        folder = NSTemporaryDirectory() + "bcpg-" + String(UInt32.random(in: 0 ... .max), radix: 36)
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", Self.script, "sh", programs, folder]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        // Whoever reads what the tests say must not wait for it.
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { throw Missing(description: "can't run /bin/sh: \(error)") }
        let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard said.hasPrefix("ready") else {
            let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "no log"
            throw Missing(description: "PostgreSQL does not start: \(log)")
        }
    }

    /// The one database, made empty: a new one for each test would be some megabytes each. For one test at a time.
    func emptied() throws -> PostgresPlace {
        let place = try place("postgres")
        let connection = try Connection(place, by: .now() + .seconds(30))
        try connection.run([Statement("DROP SCHEMA IF EXISTS boardcast CASCADE")], by: .now() + .seconds(30))
        return place
    }

    func place(_ name: String = "postgres") throws(PostgresError) -> PostgresPlace {
        try PostgresPlace(
            url: "postgres://boardcast@/\(name)?host=\(folder.replacing("/", with: "%2F"))", name: name,
            passwordFile: nil)
    }

    /// The newest version's folder of programs.
    private static var programs: String? {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        return versions.filter { $0 >= 15 }.max().map { "\(root)/\($0)/bin" }
    }

    /// Ends when its input does, which this process holds.
    private static let script = """
        bin=$1 folder=$2
        run() { "$@"; }
        mkdir "$folder" && chmod 700 "$folder" || exit 1
        if [ "$(id -u)" = 0 ]; then
          user=postgres; id $user > /dev/null 2>&1 || user=nobody
          chown $user "$folder"
          run() { exec setpriv --reuid=$user --regid="$(id -g $user)" --clear-groups "$@"; }
        fi
        (run "$bin/initdb" -D "$folder/data" -U boardcast -A trust -E UTF8 --locale=C.UTF-8 --no-sync > "$folder/log" 2>&1) || exit 1
        (run "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off -c max_connections=300 \
          > "$folder/log" 2>&1 < /dev/null) &
        pid=$!
        until "$bin/pg_isready" -q -h "$folder"; do kill -0 $pid || exit 1; sleep 0.05; done
        echo ready
        cat > /dev/null
        kill -QUIT "$(head -1 "$folder/data/postmaster.pid")"
        wait
        rm -rf "$folder"
        """
}
