import Client
import Events
import Gateway
import Glibc
import PostgresStore
import SQLiteStore
import ServerSettings
import Text

/// Looks at everything that a start depends on, and changes nothing.
struct StartCheck {
    let settings: Settings

    func run() async -> [Finding] {
        await keys() + secretFiles + certificate + database + [address] + operators + [descriptors, memory, clock]
    }

    /// The keys that are given, and those to be fetched: a start does not wait for these.
    private func keys() async -> [Finding] {
        var findings: [Finding] = []
        do {
            _ = try settings.makeVerifier(cacheCapacity: 0) { setting, key in
                findings.append(Finding(.warning, "keys", "\(setting): a key can't be used: \(key)"))
            }
            findings.append(Finding(.ok, "keys", "those that are given can be read"))
        } catch {
            return error.problems.map { Finding(.failure, "keys", $0.description) }
        }
        for url in settings.keyURLs {
            do {
                let answer = try await KeyFetcher().fetch(url)
                findings.append(Finding(.ok, "keys", "\(url.setting): \(answer.keys.count) fetched"))
            } catch {
                findings.append(
                    Finding(.warning, "keys", "\(url.setting): \(error); its tokens are refused until it answers"))
            }
        }
        return findings
    }

    private var secretFiles: [Finding] {
        guard let path = settings.auth.secretFile else { return [] }
        var status = stat()
        guard stat(path, &status) == 0 else { return [] }
        guard status.st_mode & 0o037 == 0 else {
            return [Finding(.warning, "secret", "\(path) can be read or written by others; chmod 640 \(path)")]
        }
        return [Finding(.ok, "secret", "\(path) is its owner's and its group's alone")]
    }

    private var certificate: [Finding] {
        let certificate: ServerCertificate?
        do throws(Failure) { certificate = try settings.makeCertificate() } catch {
            return [Finding(.failure, "certificate", error.description)]
        }
        guard let certificate else { return [] }
        let days = (certificate.endsAt - time(nil)) / 86_400
        let words = "\(certificate.certificateFile) is valid for \(days) days more"
        if certificate.endsAt <= time(nil) {
            return [Finding(.warning, "certificate", "\(certificate.certificateFile) has expired; clients refuse it")]
        }
        return [Finding(days < 14 ? .warning : .ok, "certificate", words)]
    }

    private var database: [Finding] {
        switch settings.database.url {
        case .sqlite(let path): file(path)
        case .sqliteInMemory: [Finding(.warning, "database", "in memory; all is lost when the server ends")]
        case .postgres(let url): [server(url)]
        }
    }

    private func server(_ url: PostgresURL) -> Finding {
        do throws(PostgresError) {
            let found = try PostgresInspection(settings.postgresPlace(url))
            let words = found.isNew ? "the tables will be made" : "the tables are there"
            return Finding(.ok, "database", "\(url) is PostgreSQL \(found.version); \(words)")
        } catch {
            return Finding(.failure, "database", error.description)
        }
    }

    private func file(_ path: String) -> [Finding] {
        let found: DatabaseInspection
        do throws(SQLiteStoreError) { found = try DatabaseInspection(path, settings: settings.storeSettings) } catch {
            return [Finding(.failure, "database", error.description)]
        }
        var findings: [Finding] = []
        if found.unreadableRows > 0 {
            findings.append(
                Finding(.warning, "database", "\(path): \(found.unreadableRows) rows can't be read, and are refused"))
        }
        let words =
            found.isNew
            ? "\(path) will be made"
            : "\(path) is sound" + (found.isOutdated ? "; its schema is older and will be brought up to date" : "")
        findings.append(Finding(.ok, "database", words))
        let free = found.freeBytes >> 20
        findings.append(
            free < 256
                ? Finding(.warning, "disk", "\(free) MB are free; leave 256 for the write-ahead log")
                : Finding(.ok, "disk", "\(free) MB are free"))
        return findings
    }

    private var address: Finding {
        let name = ListeningAddress(settings.listenerAddress, port: nil, isSecure: settings.http.isSecure)
        do throws(Failure) {
            if settings.http.socketPath != nil {
                _ = try settings.makeSocketFile()
            } else if let reason = Self.obstacle(host: settings.http.host, port: settings.http.port) {
                throw Failure(.usage, "can't listen on \(name): \(reason)")
            }
        } catch {
            return Finding(.failure, "address", error.description)
        }
        return Finding(.ok, "address", "\(name) is free")
    }

    private var operators: [Finding] {
        guard let (host, port) = settings.operatorsAddress else { return [] }
        let name = ListeningAddress(.network(host: host, port: port), port: nil)
        if let reason = Self.obstacle(host: host, port: port) {
            return [Finding(.failure, "ops", "can't listen on \(name) for operators: \(reason)")]
        }
        return [Finding(.ok, "ops", "\(name) is free, for operators")]
    }

    /// Why the address can't be taken; it is, for a moment, but nobody is listened to. Nil when it can.
    private static func obstacle(host: String, port: Int) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, String(port), &hints, &list)
        guard result == 0, let first = list?.pointee else { return String(cString: gai_strerror(result)) }
        defer { freeaddrinfo(list) }
        let descriptor = socket(first.ai_family, first.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        return bind(descriptor, first.ai_addr, first.ai_addrlen) == 0 ? nil : String(cString: strerror(errno))
    }

    private var descriptors: Finding {
        let budget = DescriptorBudget(files: OpenFiles.raiseLimit(), for: settings)
        let wanted = settings.limits.connectionsTotal
        guard budget.streams < wanted else { return Finding(.ok, "descriptors", "enough for \(wanted) streams") }
        return Finding(
            .warning, "descriptors",
            "for \(budget.streams) streams, and limits.connectionsTotal is \(wanted); raise LimitNOFILE (ulimit -n)")
    }

    private var memory: Finding {
        let budgets = MemoryBudgets(settings.limits)
        let sum = budgets.bodies + budgets.answers + budgets.queues + budgets.recentFrames
        let available = AvailableMemory.bytes
        guard sum > available / 2 else {
            return Finding(.ok, "memory", "\(sum >> 20) MB for buffers, of \(available >> 20)")
        }
        return Finding(
            .warning, "memory",
            "limits.*Bytes come to \(sum >> 20) MB, of \(available >> 20) that this process may use; half is left to others"
        )
    }

    private var clock: Finding {
        let now = Timestamp.now()
        // 2026 to 2100.
        guard 1_767_225_600_000..<4_102_444_800_000 ~= now.milliseconds else {
            return Finding(.warning, "clock", "it is \(now) here; the times in tokens are judged by it")
        }
        return Finding(.ok, "clock", "\(now)")
    }
}
