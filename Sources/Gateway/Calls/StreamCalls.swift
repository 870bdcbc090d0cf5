import Boards
import HTTPTypes
import Rooms

/// The calls that are answered with a stream of events, before the router.
struct StreamCalls {
    let store: any BoardStore
    let relay: Relay
    let answers: Answers
    let settings: GatewaySettings

    var native: NativeStream { NativeStream(store: store, relay: relay, answers: answers) }

    /// The one that is asked for most comes first.
    var all: [Call] {
        [
            .stream(
                "sse.connect", native, "Every event that the token allows, as it happens.",
                refusals: [.forbidden, .notFound]),
            .stream(
                "events.stream", LegacyEventStream(store: store), "The log, with whole numbers for cursors.",
                refusals: [.forbidden, .notFound]),
            .stream(
                "v1.tasks.stream", JobStreams(kind: .taskProgress, store: store, lifetime: nil),
                "A job's progress, until its end, in the shape of task progress.", parameter: .job,
                refusals: [.forbidden]),
            .stream(
                "jobs.stream",
                JobStreams(kind: .job, store: store, lifetime: settings.jobStream),
                "A job's progress, until its end.", parameter: .job, refusals: [.forbidden, .notFound]),
        ] + lists + [
            .socket(
                "ws.connect", SocketEndpoint.path, like: native, "The same events, over a WebSocket.",
                refusals: [.forbidden, .notFound, .tooManyRequests, .serviceUnavailable])
        ]
    }

    private var lists: [Call] {
        LegacyTaskStream.endpoints(store: store, clock: relay.wallClock).map { endpoint in
            let hasStatus = endpoint.path.parameterName != nil
            return .stream(
                hasStatus ? "tasks.stream.status" : "tasks.stream", endpoint,
                "The newest tasks of \(hasStatus ? "a status" : "the status `generated`"), as a list that changes.",
                parameter: hasStatus ? .status : nil, refusals: [.forbidden, .notFound])
        }
    }
}
