public import Events
import StrictJSON

/// A filter and page of a list of jobs; members that are nil do not filter.
public struct JobQuery: Sendable {
    public var board: BoardID?
    public var status: JobStatus?
    /// Jobs in a page, 1 to 200.
    public var limit = 50
    /// ``JobPage/next`` of the page before.
    public var before: Int?

    public init() {}

    /// Whether `job` passes the filter, regardless of the page.
    package func matches(_ job: Job) -> Bool {
        if let board, job.board != board { return false }
        if let status, job.status != status { return false }
        return true
    }
}

public struct JobPage: Sendable {
    /// ``JobLimits/page`` bytes of JSON at most, or one job.
    public let items: [Job]
    /// Where the next page begins; nil at the end.
    public let next: Int?

    public init(items: [Job], next: Int?) {
        self.items = items
        self.next = next
    }
}

extension JobPage {
    /// A page while it fills, newest first.
    public struct Gathering {
        private let query: JobQuery
        private var items: [Job] = []
        private var size = 0
        private var last = 0
        private var isFull = false

        public init(_ query: JobQuery) { self.query = query }

        /// - Returns: false when the page is full; then it takes no further job.
        public mutating func takes(_ job: Job, number: Int) -> Bool {
            var json = JSONWriter()
            job.write(into: &json)
            size += json.bytes.count
            guard !isFull, items.count < query.limit, items.isEmpty || size <= JobLimits.page else {
                isFull = true
                return false
            }
            items.append(job)
            last = number
            return true
        }

        public var page: JobPage { JobPage(items: items, next: isFull ? last : nil) }
    }
}
