import Foundation
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct DatabaseLockTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("board.sqlite")
    }

    private func open(_ path: String) throws -> SQLiteBoardStore {
        try SQLiteBoardStore(.file(path)) {
            1_768_473_000_000
        } announce: { _ in
        }
    }

    private func refusal(_ path: String) -> SQLiteStoreError? {
        do {
            _ = try open(path)
            return nil
        } catch { return error as? SQLiteStoreError }
    }

    @Test func `a hard link, a removed lock file and both together get nobody in`() async throws {
        let store = try open(path)
        let link = folder.path("link.sqlite")
        try FileManager.default.linkItem(atPath: path, toPath: link)
        #expect(refusal(link) == .inUse(path: link, process: Int(getpid())))
        try FileManager.default.removeItem(atPath: path + "-lock")
        #expect(refusal(path) == .inUse(path: path, process: Int(getpid())))
        #expect(refusal(link) == .inUse(path: link, process: Int(getpid())))
        await store.close()
        try await open(link).close()
    }

    @Test func `refusing another leaves SQLite's own locks as they are`() async throws {
        let store = try open(path)
        let inode = try #require(
            try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int)
        // Each open file tells of its own locks. The list of the whole machine, /proc/locks, is read in
        // pieces, between which locks of other tests come and go, and so lines are missed or met twice.
        func locks() throws -> Set<String> {
            let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == real
            }
            return Set(
                open.flatMap { descriptor in
                    let info = FileManager.default.contents(atPath: "/proc/self/fdinfo/\(descriptor)") ?? Data()
                    return String(decoding: info, as: UTF8.self).split(separator: "\n")
                        .filter { $0.hasPrefix("lock:") && $0.contains(":\(inode) ") }
                        .map { $0.split(whereSeparator: \.isWhitespace).dropFirst(2).joined(separator: " ") }
                })
        }
        let before = try locks()
        #expect(before.contains { $0.hasPrefix("POSIX") } && before.contains { $0.hasPrefix("OFDLCK") })
        for _ in 0..<3 { #expect(refusal(path) != nil) }
        // Closing a descriptor of SQLite's does not release ours.
        let other = try DatabaseQueue(path: path)
        #expect(try await other.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM tenants") } == 0)
        try other.close()
        #expect(try locks() == before)
        await store.close()
        #expect(try locks() == [])
    }

    @Test func `another file in the place of one in use is refused by the lock file`() async throws {
        let store = try open(path)
        try FileManager.default.moveItem(atPath: path, toPath: folder.path("old.sqlite"))
        #expect(refusal(path) == .inUse(path: path, process: Int(getpid())))
        await store.close()
    }

    @Test func `what is no file is refused at once, with its kind`() throws {
        try FileManager.default.createDirectory(atPath: folder.path("directory"), withIntermediateDirectories: false)
        #expect(mkfifo(folder.path("fifo"), 0o600) == 0)
        let kinds = ["directory": "a directory", "fifo": "a FIFO"]
        for (name, kind) in kinds {
            let path = folder.path(name)
            #expect(refusal(path) == .cannotOpen(path: path, reason: "it is \(kind), not a file"))
        }
        #expect(refusal("/dev/null") == .cannotOpen(path: "/dev/null", reason: "it is a device, not a file"))
    }

    @Test func `what stands beside it is named too`() async throws {
        try await open(path).close()
        try? FileManager.default.removeItem(atPath: path + "-wal")
        try FileManager.default.createDirectory(atPath: path + "-wal", withIntermediateDirectories: false)
        #expect(
            refusal(path) == .cannotOpen(path: path, reason: "\(path)-wal: it is a directory, not a file"))
    }

    @Test func `a link to nothing and a loop are refused in words`() throws {
        let link = folder.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path("a/b"))
        #expect(refusal(link) != nil)
        let loop = folder.path("loop")
        try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: loop)
        #expect(refusal(loop) == .cannotOpen(path: loop, reason: "Too many levels of symbolic links"))
    }
}
