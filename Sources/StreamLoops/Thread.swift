import CEpoll
import Glibc

/// A thread that runs one function.
enum Thread {
    private final class Body {
        let name: String
        let run: () -> Void

        init(_ name: String, _ run: @escaping () -> Void) { (self.name, self.run) = (name, run) }
    }

    /// - Parameter name: as `top -H` shows it, of at most 15 bytes.
    static func start(_ name: String, _ run: @escaping () -> Void) {
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                cepoll_name_thread(body.name)
                body.run()
                return nil
            }, Unmanaged.passRetained(Body(name, run)).toOpaque())
        precondition(result == 0, "the system starts no thread: \(result)")
    }
}
