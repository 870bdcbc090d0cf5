import Glibc
import NIOCore
import Synchronization
import Testing

@testable import StreamLoops

/// A loop as NIO's code sees it, and its sockets.
@Suite(.timeLimit(.minutes(5))) struct StreamLoopTests {
    private func withLoop(_ body: (StreamLoop) async throws -> Void) async throws {
        let loop = try StreamLoop(name: "test", niceness: 1)
        try await body(loop)
        try await loop.shutdownGracefully()
    }

    @Test func `tasks run on its thread, in the order in which they came`() async throws {
        try await withLoop { loop in
            #expect(!loop.inEventLoop)
            let seen = Mutex<[Int]>([])
            for number in 0..<1000 {
                loop.execute {
                    loop.preconditionInEventLoop()
                    seen.withLock { $0.append(number) }
                }
            }
            try await loop.submit {}.get()
            #expect(seen.withLock { $0 } == Array(0..<1000))
        }
    }

    @Test func `a task that adds a task keeps no timer and no socket waiting`() async throws {
        try await withLoop { loop in
            let isDone = Atomic(false)
            @Sendable func again() { if !isDone.load(ordering: .relaxed) { loop.execute { again() } } }
            loop.execute { again() }
            try await loop.scheduleTask(in: .milliseconds(1)) { isDone.store(true, ordering: .relaxed) }.futureResult
                .get()
        }
    }

    @Test func `a timer comes when it is due, and not before; a cancelled one fails`() async throws {
        try await withLoop { loop in
            let began = NIODeadline.now()
            let late = loop.scheduleTask(in: .hours(1)) {}
            let time = try await loop.scheduleTask(in: .milliseconds(20)) { NIODeadline.now() }.futureResult.get()
            #expect(time - began >= .milliseconds(20))
            late.cancel()
            await #expect(throws: EventLoopError.self) { try await late.futureResult.get() }
            let turns = Atomic(0)
            let done = loop.makePromise(of: Void.self)
            loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(1)) { task in
                if turns.wrappingAdd(1, ordering: .relaxed).newValue == 3 {
                    task.cancel()
                    done.succeed()
                }
            }
            try await done.futureResult.get()
        }
    }

    /// An actor whose executor is the loop, as a room is.
    private actor OnLoop {
        private let loop: StreamLoop
        private(set) var count = 0
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }
        init(_ loop: StreamLoop) { self.loop = loop }
        func add() {
            loop.preconditionInEventLoop()
            count += 1
        }
    }

    @Test func `an actor runs on it, and is called from it directly`() async throws {
        try await withLoop { loop in
            let actor = OnLoop(loop)
            await actor.add()
            try await loop.submit { actor.assumeIsolated { $0.add() } }.get()
            #expect(await actor.count == 2)
        }
    }

    /// One end of a pair of sockets; touched on its loop alone.
    private final class End: LoopSocket, @unchecked Sendable {
        let loop: StreamLoop
        let descriptor: CInt
        var place: LoopPlace?
        let heard: EventLoopPromise<[UInt8]>
        let gone: EventLoopPromise<Void>

        init(_ loop: StreamLoop, _ descriptor: CInt) {
            (self.loop, self.descriptor) = (loop, descriptor)
            (heard, gone) = (loop.makePromise(), loop.makePromise())
        }

        func ready(_ events: LoopEvents) {
            let bytes = loop.read(descriptor) { $0.map(Array.init) }
            if let bytes, !bytes.isEmpty { return heard.succeed(bytes) }
            if let place { loop.remove(place) }
            close(descriptor)
            gone.succeed()
        }
    }

    @Test func `a socket is called when bytes have come, and when the other side has left`() async throws {
        try await withLoop { loop in
            var pair: [CInt] = [0, 0]
            #expect(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0)
            let end = End(loop, pair[0])
            try await loop.submit { end.place = loop.add(end, end.descriptor, for: [.readable, .inputClosed]) }.get()
            #expect(write(pair[1], "hello", 5) == 5)
            #expect(try await end.heard.futureResult.get() == Array("hello".utf8))
            close(pair[1])
            try await end.gone.futureResult.get()
        }
    }

    @Test func `what waits is done before it ends`() async throws {
        let loop = try StreamLoop(name: "test")
        let done = Atomic(false)
        loop.execute { loop.execute { done.store(true, ordering: .relaxed) } }
        try await loop.shutdownGracefully()
        let isDone = done.load(ordering: .relaxed)
        #expect(isDone)
    }
}
