// What a sanitizer has to say of this is known: control guarded: nothing, control race, control overrun: something.
import Dispatch
import Glibc
import Synchronization

final class Guarded: Sendable { let numbers = Mutex<[Int]>([]) }
final class Racing: @unchecked Sendable { var number = 0 }

let guarded = Guarded()
let racing = Racing()
let kind = CommandLine.arguments[1]
DispatchQueue.concurrentPerform(iterations: 8) { _ in
    for number in 0..<20_000 {
        guarded.numbers.withLock { $0.append(number) }
        if kind == "race" { racing.number += 1 }
    }
}
// Continuations, resumed before and after they are waited for.
try await withThrowingTaskGroup(of: Void.self) { group in
    for _ in 0..<8 {
        group.addTask {
            for _ in 0..<3000 {
                try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
                    DispatchQueue.global().async { continuation.resume() }
                    for _ in 0..<Int.random(in: 0..<200) { _ = getpid() }
                }
            }
        }
    }
    try await group.waitForAll()
}
if kind == "overrun" {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: guarded.numbers.withLock { $0.count })
    bytes[guarded.numbers.withLock { $0.count }] = 1
    print(bytes[guarded.numbers.withLock { $0.count }])
}
