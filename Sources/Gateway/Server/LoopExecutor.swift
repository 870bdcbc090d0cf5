import NIOCore

/// Runs the tasks that prefer it on the thread of an event loop (SE-0417).
///
/// The tasks of a connection run where its bytes are read and written, so a request takes no change of threads but that
/// to the writer and back. Whatever takes long in them has to go elsewhere, or other connections of the loop wait.
final class LoopExecutor: TaskExecutor {
    let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
