/// The other end of a connection as the PROXY protocol announced it, for the task that answers its requests.
enum ConnectionPeer {
    /// Nil where the connection's own address counts.
    @TaskLocal static var announced: ClientAddress?
}
