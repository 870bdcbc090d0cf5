import CEpoll
public import Dispatch
import Glibc
public import NIOCore
import Synchronization

/// An event loop on a thread of its own, for sockets that are written to by `send` and hardly ever read.
///
/// To NIO it is an `EventLoop`: tasks, timers, futures and actors run on it as on any other. Its sockets are not NIO's:
/// each is one entry in a table and one descriptor in an epoll, and is called directly. It has a lower priority than other
/// threads, so that whoever answers requests is not kept waiting by a long sweep.
///
/// `@unchecked Sendable`: what has no lock is used on its thread alone.
public final class StreamLoop: NIOSerialEventLoopExecutor, @unchecked Sendable {
    private struct Inbox {
        var tasks: [() -> Void] = []
        /// Whoever adds a task has to wake the loop.
        var isAsleep = false
        /// Called when the thread has ended.
        var stopped: (queue: DispatchQueue, callback: @Sendable ((any Error)?) -> Void)?
    }

    private let name: String
    private let poll: CInt
    private let wakeup: CInt
    private let inbox = Mutex(Unchecked(Inbox()))
    private let thread = Atomic<UInt>(0)
    private let timerNumbers = Atomic<UInt64>(0)

    private var local: [() -> Void] = []
    private var timers = LoopTimers()
    private var sockets = LoopSockets()
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: readBytes, alignment: 16)

    /// Bytes that are read from a socket at once.
    private static let readBytes = 16_384
    /// Sockets that are served before the others are polled again.
    private static let eventsAtOnce = 256
    /// Rounds of tasks that add tasks, before the sockets have their turn.
    private static let roundsAtOnce = 8
    /// What `wakeup` has for a place.
    private static let wakeupData = UInt64.max

    /// Starts a loop. Its thread ends by `shutdownGracefully`.
    ///
    /// - Parameter niceness: of its thread, from 0 to 19.
    /// - Throws: `IOError` when the system has no descriptors or threads left.
    public init(name: String, niceness: Int = 0) throws {
        self.name = name
        poll = cepoll_create()
        wakeup = cepoll_eventfd()
        guard poll >= 0, wakeup >= 0, watch(wakeup, EPOLL_CTL_ADD, .readable, Self.wakeupData) == 0 else {
            throw IOError(errnoCode: errno, reason: "epoll")
        }
        try Thread.start(name) { [self] in
            if niceness > 0 { cepoll_nice_thread(CInt(niceness)) }
            run()
        }
    }

    deinit {
        scratch.deallocate()
        Glibc.close(poll)
        Glibc.close(wakeup)
    }

    // MARK: Sockets. Called on the loop.

    /// Watches a descriptor until ``remove(_:)``, or until it is closed and removed.
    ///
    /// - Returns: nil when the system refuses.
    public func add(_ socket: any LoopSocket, _ descriptor: CInt, for events: LoopEvents) -> LoopPlace? {
        let place = sockets.add(socket)
        if watch(descriptor, EPOLL_CTL_ADD, events, place.data) == 0 { return place }
        sockets.remove(place)
        return nil
    }

    /// Watches for other events from now on.
    public func change(_ place: LoopPlace, _ descriptor: CInt, to events: LoopEvents) {
        _ = watch(descriptor, EPOLL_CTL_MOD, events, place.data)
    }

    /// Forgets the socket.
    ///
    /// - Parameter descriptor: that it had, if it goes on without this loop; a closed one is forgotten by the system.
    public func remove(_ place: LoopPlace, _ descriptor: CInt? = nil) {
        if let descriptor { _ = watch(descriptor, EPOLL_CTL_DEL, [], 0) }
        sockets.remove(place)
    }

    /// Reads what has come, into memory that is valid during the call.
    ///
    /// - Returns: what `body` returns, of nil where nothing has come yet, and of no bytes at the end or when the connection
    ///   is gone.
    public func read<Value>(_ descriptor: CInt, _ body: (UnsafeRawBufferPointer?) -> Value) -> Value {
        let count = recv(descriptor, scratch.baseAddress, scratch.count, CInt(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return body(nil) }
        return body(UnsafeRawBufferPointer(rebasing: scratch[..<max(0, count)]))
    }

    /// Accepts a connection of a listening socket.
    ///
    /// - Returns: its descriptor, which does not block; below 0 when there is none, and `errno` says why.
    public static func accept(_ listener: CInt) -> CInt { cepoll_accept(listener) }

    private func watch(_ descriptor: CInt, _ operation: CInt, _ events: LoopEvents, _ data: UInt64) -> CInt {
        cepoll_control(poll, operation, descriptor, events.rawValue, data)
    }

    // MARK: The thread

    private func run() {
        thread.store(Self.current, ordering: .releasing)
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Self.eventsAtOnce)
        defer { events.deallocate() }
        while true {
            runTasks()
            if let stopped = inbox.withLock({ $0.value.stopped }) {
                return stopped.queue.async { stopped.callback(nil) }
            }
            let count = Int(cepoll_wait(poll, events, CInt(Self.eventsAtOnce), Int64(fallAsleep())))
            inbox.withLock { $0.value.isAsleep = false }
            for index in 0..<max(0, count) {
                let data = cepoll_data(events, CInt(index))
                if data == Self.wakeupData {
                    var value: UInt64 = 0
                    _ = Glibc.read(wakeup, &value, MemoryLayout<UInt64>.size)
                } else {
                    sockets[data]?.ready(LoopEvents(rawValue: cepoll_events(events, CInt(index))))
                }
            }
            runTasks()
            guard let next = timers.next, next <= Self.clock else { continue }
            for work in timers.takeDue(at: Self.clock) { work() }
        }
    }

    private func runTasks() {
        for _ in 0..<Self.roundsAtOnce {
            var tasks = local
            local = []
            inbox.withLock { inbox in
                if tasks.isEmpty {
                    swap(&tasks, &inbox.value.tasks)
                } else {
                    tasks += inbox.value.tasks
                    inbox.value.tasks = []
                }
            }
            if tasks.isEmpty { return }
            for task in tasks { task() }
        }
    }

    /// How many nanoseconds to wait: until the next timer, and not at all while there are tasks; -1 is without end.
    private func fallAsleep() -> Int {
        guard local.isEmpty else { return 0 }
        let isIdle = inbox.withLock { inbox in
            inbox.value.isAsleep = inbox.value.tasks.isEmpty && inbox.value.stopped == nil
            return inbox.value.isAsleep
        }
        guard isIdle else { return 0 }
        guard let next = timers.next else { return -1 }
        let now = Self.clock
        return next > now ? Int(next - now) : 0
    }

    private static var current: UInt { UInt(pthread_self()) }
    private static var clock: UInt64 { NIODeadline.now().uptimeNanoseconds }

    // MARK: EventLoop

    public var inEventLoop: Bool { thread.load(ordering: .acquiring) == Self.current }

    public func execute(_ task: @escaping @Sendable () -> Void) {
        if inEventLoop {
            local.append(task)
        } else {
            change { $0.tasks.append(task) }
        }
    }

    public func scheduleTask<Value>(
        deadline: NIODeadline, _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        let promise = makePromise(of: Value.self)
        let number = timerNumbers.wrappingAdd(1, ordering: .relaxed).newValue
        onLoop { [self] in
            timers.add(number, due: deadline.uptimeNanoseconds) {
                do { promise.assumeIsolated().succeed(try task()) } catch { promise.fail(error) }
            }
        }
        return Scheduled(promise: promise) { [self] in onLoop { self.timers.cancel(number) } }
    }

    public func scheduleTask<Value>(
        in time: TimeAmount, _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        scheduleTask(deadline: .now() + time, task)
    }

    /// Ends the thread after the tasks that are waiting.
    public func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        change { $0.stopped = (queue, callback) }
    }

    private func onLoop(_ work: @escaping @Sendable () -> Void) { if inEventLoop { work() } else { execute(work) } }

    private func change(_ body: (inout sending Inbox) -> Void) {
        let wasAsleep = inbox.withLock { inbox in
            body(&inbox.value)
            defer { inbox.value.isAsleep = false }
            return inbox.value.isAsleep
        }
        guard wasAsleep else { return }
        var one: UInt64 = 1
        _ = Glibc.write(wakeup, &one, MemoryLayout<UInt64>.size)
    }

    /// Tasks are `@Sendable` when they are added, which the type of an array of them does not say.
    private struct Unchecked<Value>: @unchecked Sendable {
        var value: Value
        init(_ value: Value) { self.value = value }
    }
}
