/// Bounds of jobs.
public enum JobLimits {
    /// Jobs of a tenant that are not finished; one more is refused.
    public static let open = 1000
    /// Finished jobs that are this many numbers older than the tenant's newest are deleted, as are those that finished
    /// longer ago than the log's retention.
    public static let kept = 10_000
    /// Ends that wait to be stored and are kept with their result or details.
    public static let wholeEnds = 100
    /// Between two progress events of one job.
    public static let spacing = Duration.milliseconds(250)
    /// Bytes of `input`, `result` and `details`, each, as compact JSON.
    public static let payload = 65_536
    /// Bytes of JSON in one page of a list, unless its first job has more.
    public static let page = 1 << 20
}
