import Boards
import Events
import StrictJSON
import Testing

extension StoreContract {
    static let jobs: [StoreContract] = [
        StoreContract("a job is made, reported on and finished, and each is an event of its board") { store in
            let job = try await store.createJob(#"{"name":"Import","boardId":"main","input":{"rows":[1.50,"é"]}}"#)
            #expect(job.status == .queued && job.progress == 0 && job.version == 1 && job.createdBy == .ann)
            #expect(job.createdAt == store.time && job.updatedAt == store.time)
            store.advance(by: .milliseconds(10))
            let begun = try await store.report(job, #"{"status":"processing","progress":10,"message":"reading"}"#)
            #expect(begun.job.message == "reading" && begun.job.version == 2 && begun.job.updatedAt == store.time)
            store.advance(by: .milliseconds(300))
            let done = try await store.report(job, #"{"status":"completed","result":{"rows":2}}"#)
            #expect(done.job.progress == 100 && done.job.status == .completed)

            #expect(store.announced.map(\.type) == [.jobCreated, .jobProgress, .jobCompleted])
            #expect(store.announced.map(\.seq) == [1, 2, 3] && done.seq == 3)
            #expect(store.announced.allSatisfy { $0.audience == .board(.main) })
            #expect(store.announced.allSatisfy { $0.string("jobId") == job.id.rawValue })
            let last = try #require(store.announced.last?.object["job"]?.object)
            #expect(last["progress"]?.int == 100 && last["result"]?.object?["rows"]?.int == 2)
            #expect(last["input"] == nil)
            let read = try await store.read(job)
            #expect(read == done.job && read.input == .object(object(#"{"rows":[1.50,"é"]}"#)))
            #expect(try await store.log().map(\.text) == store.announced.map(\.text))
        },
        StoreContract("a job of no board is told to its creator") { store in
            let job = try await store.createJob(#"{"name":"a","boardId":null}"#, by: .bob)
            #expect(job.board == nil)
            #expect(store.announced.map(\.audience) == [.user(UserID("bob")!)])
        },
        StoreContract("a report that changes nothing is kept as a sign of life, and not told") { store in
            let job = try await store.createJob(#"{"name":"a"}"#)
            store.advance(by: .milliseconds(5))
            let alive = try await store.report(job, "{}")
            #expect(alive.job.version == 2 && alive.job.updatedAt == store.time && alive.heldUntil == nil)
            #expect(alive.job.status == .queued && store.announced.count == 1)
        },
        StoreContract("a job that was read is written back, unless another value is set for what its maker set") {
            store in
            let job = try await store.createJob(#"{"name":"a","boardId":"main","input":{"n":[1.0]}}"#)
            var json = JSONWriter()
            job.write(into: &json)
            let record = String(decoding: json.bytes, as: UTF8.self)
            let changed = try await store.report(job, record.replacing(#""progress":0"#, with: #""progress":7"#))
            #expect(changed.job.progress == 7 && changed.job.version == 2)
            for other in [#"{"name":"b"}"#, #"{"input":1}"#, #"{"boardId":null}"#, #"{"version":1}"#] {
                guard case .invalid = await refusal({ try await store.report(job, other) }) else {
                    Issue.record("taken: \(other)")
                    continue
                }
            }
            #expect(try await store.read(job) == changed.job)
        },
        StoreContract("progress on a queued job begins it") { store in
            let job = try await store.createJob(#"{"name":"a"}"#)
            #expect(try await store.report(job, #"{"progress":1}"#).job.status == .processing)
        },
        StoreContract("progress never falls, and what has begun is not queued again") { store in
            let job = try await store.createJob(#"{"name":"a"}"#)
            try await store.report(job, #"{"progress":40}"#)
            let fall = await refusal { try await store.report(job, #"{"progress":39}"#) }
            #expect(fall == .conflict(.progressFalls(from: 40, to: 39)))
            let back = await refusal { try await store.report(job, #"{"status":"queued"}"#) }
            #expect(back == .conflict(.jobHasBegun))
            #expect(try await store.read(job).progress == 40 && store.announced.count == 2)
        },
        StoreContract("an end is final: the same report again says nothing, any other is refused") { store in
            for end in ["completed", "failed", "cancelled"] {
                let job = try await store.createJob(#"{"name":"a"}"#)
                let report = #"{"status":"\#(end)","message":"so","result":[1]}"#
                let first = try await store.report(job, report)
                let count = store.announced.count
                #expect(store.announced.last?.type == (end == "completed" ? .jobCompleted : .jobFailed))
                store.advance(by: .milliseconds(1000))
                #expect(try await store.report(job, report).job == first.job)
                #expect(try await store.report(job, "{}").job == first.job)
                for other in [#"{"message":"x"}"#, #"{"status":"processing"}"#, #"{"result":null}"#] {
                    let refused = await refusal { try await store.report(job, other) }
                    #expect(refused == .conflict(.jobIsFinal(JobStatus(rawValue: end)!)))
                }
                #expect(store.announced.count == count)
                #expect(first.job.error == (end == "completed" ? nil : end))
            }
        },
        StoreContract("at most four progress events a second are told; what lies between is held") { store in
            let job = try await store.createJob(#"{"name":"a"}"#)
            var held: Timestamp?
            for progress in 1...100 {
                store.advance(by: .milliseconds(20))
                held = try await store.report(job, #"{"progress":\#(progress)}"#).heldUntil
            }
            // Two seconds of them.
            let told = store.announced.filter { $0.type == .jobProgress }
            #expect(told.count == 8)
            #expect(zip(told, told.dropFirst()).allSatisfy { $1.timestamp - $0.timestamp >= .milliseconds(250) })
            #expect(held == told.last!.timestamp + .milliseconds(250))
            #expect(try await store.read(job).progress == 100)
            #expect(try await store.store.openJobs().map(\.isHeld) == [true])

            let early = try await store.write(.tellJob(job.id), by: .worker)
            #expect(early.heldUntil == held && store.announced.last?.seq == told.last?.seq)
            store.advance(by: held! - store.time)
            let tell = try await store.write(.tellJob(job.id), by: .worker)
            #expect(tell.job.progress == 100 && store.announced.last?.seq == tell.seq)
            #expect(store.announced.last?.object["job"]?.object?["progress"]?.int == 100)
            #expect(try await store.store.openJobs().map(\.isHeld) == [false])
            let count = store.announced.count
            try await store.write(.tellJob(job.id), by: .worker)
            #expect(store.announced.count == count)
        },
        StoreContract("the end is told at once, with what was held in it, and nothing after it") { store in
            let job = try await store.createJob(#"{"name":"a"}"#)
            try await store.report(job, #"{"progress":10}"#)
            #expect(try await store.report(job, #"{"progress":60,"message":"most"}"#).heldUntil != nil)
            store.advance(by: .milliseconds(100))
            let end = try await store.report(job, #"{"status":"failed","error":"no disk","details":{"row":7}}"#)
            #expect(end.heldUntil == nil && end.job.progress == 60)
            try await store.write(.tellJob(job.id), by: .worker)
            #expect(store.announced.map(\.type) == [.jobCreated, .jobProgress, .jobFailed])
            let told = try #require(store.announced.last?.object["job"]?.object)
            #expect(told["message"]?.string == "most" && told["error"]?.string == "no disk")
            #expect(try await store.store.openJobs().isEmpty)
        },
        StoreContract("a silent job fails as stalled, unless it was heard of meanwhile") { store in
            let job = try await store.createJob(#"{"name":"a"}"#)
            try await store.report(job, "{}")
            let early = try await store.write(.stallJob(job.id, version: 1), by: .worker)
            #expect(early.job.status == .queued && store.announced.count == 1)
            let late = try await store.write(.stallJob(job.id, version: 2), by: .worker)
            #expect(late.job.status == .failed && late.job.error == "stalled")
            try await store.write(.stallJob(job.id, version: 3), by: .worker)
            #expect(store.announced.map(\.type) == [.jobCreated, .jobFailed])
        },
        StoreContract("who made a job may report on it, and who runs jobs") { store in
            let job = try await store.createJob(#"{"name":"a","boardId":"main"}"#)
            let refused = await refusal { try await store.report(job, #"{"progress":1}"#, by: .bob) }
            #expect(refused == .jobForbidden)
            try await store.report(job, #"{"progress":1}"#)
            try await store.report(job, #"{"progress":2}"#, by: .worker)
        },
        StoreContract("jobs are seen with their board, by their creator, and by no other tenant") { store in
            try await store.createBoard(#"{"id":"b1"}"#)
            let (main, b1) = (
                try await store.createJob(#"{"name":"main","boardId":"main"}"#),
                try await store.createJob(#"{"name":"b1","boardId":"b1"}"#)
            )
            let own = try await store.createJob(#"{"name":"none"}"#)
            func seen(by author: Principal) async throws -> [String] {
                var names: [String] = []
                for job in [main, b1, own] where (try? await store.store.job(job.id, for: author)) != nil {
                    names.append(job.name)
                }
                let listed = try await store.store.jobs(JobQuery(), for: author).items.map(\.name)
                #expect(listed == names.reversed())
                return names
            }
            #expect(try await seen(by: .ann) == ["main", "b1", "none"])
            #expect(try await seen(by: .ann.seeing("b1")) == ["main", "b1", "none"])
            #expect(try await seen(by: .bob) == ["main", "b1", "none"])
            #expect(try await seen(by: .bob.seeing("b1")) == ["b1"])
            #expect(try await seen(by: .eve).isEmpty)
            for author in [Principal.eve, .bob.seeing("b1")] {
                let refused = await refusal { try await store.report(main, "{}", by: author) }
                #expect(refused == .notFound(.job(main.id)))
            }
            let elsewhere = await refusal { try await store.createJob(#"{"name":"a","boardId":"nope"}"#) }
            #expect(elsewhere == .notFound(.board(BoardID("nope")!)))
            let forbidden = await refusal {
                try await store.createJob(#"{"name":"a","boardId":"main"}"#, by: .ann.seeing("b1"))
            }
            #expect(forbidden == .forbidden)
        },
        StoreContract("a list is newest first, narrowed by board and status, page by page") { store in
            try await store.createBoard(#"{"id":"b1"}"#)
            for number in 1...5 {
                let board = number < 4 ? "main" : "b1"
                let job = try await store.createJob(#"{"name":"\#(number)","boardId":"\#(board)"}"#)
                if number.isMultiple(of: 2) { try await store.report(job, #"{"status":"completed"}"#) }
            }
            func names(_ change: (inout JobQuery) -> Void) async throws -> [String] {
                var query = JobQuery()
                change(&query)
                return try await store.store.jobs(query, for: .ann).items.map(\.name)
            }
            #expect(try await names { _ in } == ["5", "4", "3", "2", "1"])
            #expect(try await names { $0.board = .main } == ["3", "2", "1"])
            #expect(try await names { $0.status = .completed } == ["4", "2"])
            var query = JobQuery()
            query.limit = 2
            var pages: [[String]] = []
            repeat {
                let page = try await store.store.jobs(query, for: .ann)
                pages.append(page.items.map(\.name))
                query.before = page.next
            } while query.before != nil
            #expect(pages == [["5", "4"], ["3", "2"], ["1"]])
            query.board = BoardID("nope")
            let refused = await refusal { _ = try await store.store.jobs(query, for: .ann) }
            #expect(refused == .notFound(.board(BoardID("nope")!)))
        },
        StoreContract("a page of a list ends early where jobs are long") { store in
            for _ in 0..<20 {
                try await store.createJob(#"{"name":"a","input":"\#(String(repeating: "x", count: 65_534))"}"#)
            }
            let page = try await store.store.jobs(JobQuery(), for: .ann)
            #expect(page.items.count == 15 && page.next != nil)
        },
        StoreContract("a snapshot of a job has the cursor that it is true at") { store in
            let job = try await store.createJob(#"{"name":"a"}"#)
            try await store.create(#"{"name":"a task"}"#)
            #expect(try await store.store.job(job.id, for: .ann).cursor.seq == 2)
        },
        StoreContract("the same key again gives the first answer, though the job went on") { store in
            let key = IdempotencyKey("k", fingerprint: [1])
            // As deep as a body may be.
            let input = String(repeating: "[", count: 31) + "null,1e2" + String(repeating: "]", count: 31)
            let job = try await store.createJob(#"{"name":"é","input":\#(input)}"#, once: key)
            try await store.report(job, #"{"progress":5}"#)
            #expect(try await store.createJob(#"{"name":"é"}"#, once: key) == job)
            #expect(store.announced.count == 2)
        },
        StoreContract("a board takes its jobs with it") { store in
            try await store.createBoard(#"{"id":"b1"}"#)
            let job = try await store.createJob(#"{"name":"a","boardId":"b1"}"#)
            try await store.write(.deleteBoard(BoardID("b1")!))
            #expect(await refusal { _ = try await store.read(job) } == .notFound(.job(job.id)))
            #expect(store.announced.last?.type == .boardDeleted)
        },
        StoreContract("a tenant has so many unfinished jobs at most") { store in
            var last: Job?
            for _ in 0..<JobLimits.open { last = try await store.createJob(#"{"name":"a"}"#) }
            let refused = await refusal { try await store.createJob(#"{"name":"a"}"#) }
            #expect(refused == .conflict(.jobsFull(limit: JobLimits.open)))
            try await store.createJob(#"{"name":"a"}"#, by: .eve)
            try await store.report(try #require(last), #"{"status":"cancelled"}"#)
            try await store.createJob(#"{"name":"a"}"#)
        },
    ]
}

extension TestStore {
    @discardableResult
    fileprivate func createJob(
        _ json: String, by author: Principal = .ann, once: IdempotencyKey? = nil
    ) async throws -> Job {
        let draft = try JobDraft(object(json))
        return try await write(.createJob(.random(), draft), by: author, once: once).job
    }

    @discardableResult
    fileprivate func report(_ job: Job, _ json: String, by author: Principal = .ann) async throws
        -> Commit<StoredJob>
    {
        try await write(.reportJob(job.id, JobReport(object(json))), by: author)
    }

    fileprivate func read(_ job: Job) async throws -> Job { try await store.job(job.id, for: .ann).job }
}

extension Principal {
    fileprivate static let worker = Principal(tenant: TenantID("acme")!, user: UserID("worker")!, role: .service)
}

extension UserID {
    fileprivate static let ann = UserID("ann")!
}
