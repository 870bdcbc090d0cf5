import Boards
import Dispatch
import Events
import Foundation
import Synchronization

/// Notices that the database's files were removed or replaced under the running gateway: what it writes then is in
/// files that no name leads to, and is gone with the process.
///
/// It looks four times a second. A database that was only moved away, and is moved back, is whole again. Once another
/// file has stood in the place of one of ours, the loss is final: a connection may have been opened to it.
final class DatabaseWatch: Sendable {
    private struct Identity: Equatable {
        let device: dev_t
        let inode: ino_t
    }

    private enum Finding {
        case ours, missing, another
        /// The file system does not say for now.
        case unknown
    }

    private struct State {
        var identities: [String: Identity] = [:]
        var loss: String?
        var isFinal = false
        var isClosed = false
    }

    private static let pause = DispatchTimeInterval.milliseconds(250)
    private let path: String
    /// The database, SQLite's own files beside it, which are there as long as it is open, and a link that leads to it.
    private let names: [String]
    private let log: StoreLog
    private let state = Mutex(State())
    private let isLost = Atomic(false)
    private let queue = DispatchQueue(label: "boardcast-database-watch", qos: .userInitiated)

    /// - Parameters:
    ///   - path: of a database that is open, without links.
    ///   - given: the name by which the next process will find it.
    init(_ path: String, given: String, log: StoreLog) {
        self.path = path
        names = [path, path + "-wal", path + "-shm"] + (given == path ? [] : [given])
        self.log = log
        look()
        lookLater()
    }

    func close() { state.withLock { $0.isClosed = true } }

    private func lookLater() {
        queue.asyncAfter(deadline: .now() + Self.pause) { [weak self] in
            guard let self, !state.withLock(\.isClosed) else { return }
            look()
            lookLater()
        }
    }

    /// Which file is gone or another, in words; nil while all are ours. Costs one atomic load while they are.
    var loss: String? { isLost.load(ordering: .acquiring) ? state.withLock { $0.loss } : nil }

    /// - Throws: ``Events/StoreFailure/lost`` while the database is gone.
    func check() throws(StoreFailure) {
        if isLost.load(ordering: .acquiring) { throw .lost }
    }

    /// Compares the files with those of the beginning.
    func look() {
        let (before, after) = state.withLock { state in
            let before = state.loss
            if !state.isFinal { look(&state) }
            isLost.store(state.loss != nil, ordering: .releasing)
            return (before, state.loss)
        }
        switch (before, after) {
        case (nil, let loss?): log.lost(path, loss)
        case (_?, nil): log.isBack(path)
        default: break
        }
    }

    private func look(_ state: inout State) {
        var loss: String?
        for name in names {
            switch find(name, &state.identities) {
            case .ours: break
            case .unknown: loss = loss ?? state.loss
            case .missing:
                loss = loss ?? "\(name) was removed"
                // SQLite's files are never away while the database is in its place.
                state.isFinal = state.isFinal || name.hasPrefix(path + "-")
            case .another:
                loss = loss ?? "\(name) was replaced"
                state.isFinal = true
            }
            if state.isFinal { break }
        }
        state.loss = loss
    }

    private func find(_ name: String, _ identities: inout [String: Identity]) -> Finding {
        var status = stat()
        guard stat(name, &status) == 0 else {
            switch errno {
            // Each is there from the first transaction on.
            case ENOENT, ENOTDIR: return identities[name] == nil ? .ours : .missing
            case ESTALE: return .another
            default: return .unknown
            }
        }
        let identity = Identity(device: status.st_dev, inode: status.st_ino)
        guard let own = identities[name] else {
            identities[name] = identity
            return .ours
        }
        return own == identity ? .ours : .another
    }
}
