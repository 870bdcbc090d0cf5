/// How far a job is.
public struct JobProgress: Sendable {
    /// 0 to 100.
    public var percent: Int
    /// What it is doing, for people; nil leaves the last message.
    public var message: String?

    /// - Parameter percent: 0 to 100.
    public init(percent: Int, message: String?) {
        self.percent = percent
        self.message = message
    }
}
