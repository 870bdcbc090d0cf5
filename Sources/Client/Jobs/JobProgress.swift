/// How far a job is.
public struct JobProgress: Sendable {
    /// 0 to 100.
    public var percent: Int
    public var message: String?

    public init(percent: Int, message: String?) {
        self.percent = percent
        self.message = message
    }
}
