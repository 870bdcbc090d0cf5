import Boards
import Events
import Foundation
import SQLiteStore
import StrictJSON

// How many tasks a second the SQLite store makes, and how long one takes.
//
//     swift run -c release StoreBench [SECONDS] [FOLDER]
//
// FOLDER must lie on the disk in question. Three rounds of each: medians are what counts. On a machine that is shared
// with other work, CPU per write is the steady figure.

let seconds = CommandLine.arguments.dropFirst().first.flatMap(Double.init) ?? 3
let parent = CommandLine.arguments.dropFirst(2).first ?? FileManager.default.temporaryDirectory.path

func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

print("synchronous  tenants  in flight  writes/s    p50 µs    p99 µs  CPU µs/write")
for (synchronous, tenants, inFlight) in [
    (StoreSettings.Synchronous.full, 1, 1), (.full, 1, 64), (.full, 8, 64), (.full, 1, 512), (.normal, 1, 64),
] {
    for _ in 0..<3 {
        let folder = "\(parent)/storebench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let load = try Load(folder: folder, synchronous: synchronous, tenants: tenants, inFlight: inFlight)
        let result = try await load.run(seconds: seconds)
        print(
            padded(synchronous.rawValue, 11), padded("\(tenants)", 8), padded("\(inFlight)", 10),
            padded("\(result.perSecond)", 9), padded("\(result.p50)", 9), padded("\(result.p99)", 9),
            padded("\(result.processor)", 13))
    }
}
