import Events

@testable import Boards
@testable import Gateway
@testable import boardcast

/// Jobs and their workers.
extension BoundCheck {
    static var jobs: [BoundCheck] {
        let full = Problem(BoardError.conflict(.jobsFull(limit: 1)))
        return [
            BoundCheck("ends of imports that wait to be stored", .count(JobLimits.wholeEnds)),
            BoundCheck("unfinished jobs", .count(JobLimits.open), .refused(full)),
            BoundCheck("finished jobs", .count(JobLimits.kept)),
            BoundCheck(
                "a job's events", .times(.seconds(1) / JobLimits.spacing), .time(JobLimits.spacing)),
            BoundCheck(
                "a job's `input`, `result`, `details`", .name("input"), .name("result"), .name("details"),
                .bytes(JobLimits.payload), .refused(Problem(BoardError.invalid([])))),
            BoundCheck(
                "a line of a worker's output, a message in it", .bytes(WorkerOutput.longest),
                .count(WorkerLine.longestMessage)),
        ]
    }
}
