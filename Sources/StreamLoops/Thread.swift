import CEpoll
import Glibc
import NIOCore

/// A thread that runs one function.
enum Thread {
    private final class Body {
        let name: String
        let run: () -> Void

        init(_ name: String, _ run: @escaping () -> Void) { (self.name, self.run) = (name, run) }
    }

    /// - Parameter name: as `top -H` shows it, of at most 15 bytes.
    /// - Throws: `IOError` when the system starts no more threads.
    static func start(_ name: String, _ run: @escaping () -> Void) throws {
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        let body = Unmanaged.passRetained(Body(name, run))
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                cepoll_name_thread(body.name)
                body.run()
                return nil
            }, body.toOpaque())
        guard result != 0 else { return }
        body.release()
        throw IOError(errnoCode: result, reason: "pthread_create")
    }
}
