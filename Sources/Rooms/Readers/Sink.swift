public import NIOCore

/// Where one connection's bytes go. Everything here is called on the connection's event loop.
///
/// A sink that holds bytes of its own takes no more until `drained`: order is never at risk.
public protocol Sink: AnyObject {
    /// Sends `bytes` and returns how many went out at once: 0 when there is no room for now, nil when the connection is
    /// broken.
    func send(_ bytes: ByteBuffer) -> Int?
    /// Takes the rest of a frame that went out in part; `drained` is called once all of it has left, on a later tick
    /// and never from within.
    func queue(_ bytes: ByteBuffer, drained: @escaping () -> Void)
    /// Bytes queued and not yet gone.
    var queuedBytes: Int { get }
    /// How long ago the peer's machine was last heard of, while bytes wait for it to say that they came; nil: none do.
    /// A reader that is merely slow is heard of.
    var silence: Duration? { get }
    /// Sends `bytes` and then closes.
    func finish(_ bytes: ByteBuffer)
    /// Closes at once and discards bytes that have not left.
    func abort()
}
