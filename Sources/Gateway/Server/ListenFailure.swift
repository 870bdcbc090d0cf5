/// The gateway can't listen where it shall.
public struct ListenFailure: Error {
    public let address: ListenerAddress
    /// The system's, as a rule.
    public let reason: any Error
}
