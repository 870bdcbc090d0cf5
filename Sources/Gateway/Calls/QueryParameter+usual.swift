import Boards
import StrictJSON

/// The parameters that several calls take, and those of streams.
extension QueryParameter {
    static let next = text("cursor", "The `next` of the page before.")
    static let since = text("since", "The cursor after which to begin; without it at the head.")
    static let lastEventID = text("lastEventId", "The same for a client without header fields; wins over `since`.")
    static let types = text("types", "Types and families of events, with commas: `task.created,board.*`.")
    static let boards = each(
        "board", "Those of this board; every board that the token allows, and the user's own room, without it.",
        like: .boardID)

    /// The parameters of a stream, including `token` and `ticket`.
    static func all(of endpoint: any StreamEndpoint) -> [QueryParameter] {
        (endpoint.names.single.sorted() + endpoint.names.repeatable.sorted()).map { name in
            ofStreams.first { $0.name == name } ?? text(name, "")
        }
    }

    private static let ofStreams: [QueryParameter] = [
        since, lastEventID, types, boards, flag("snapshot", "Whether the state comes first, as `init`."),
        int("limit", in: 1...200, default: 50, "Tasks in the list."),
        oneOf("mode", ["full", "delta"], "Whether a change is told as the whole list or as what has changed."),
        text("token", "A token, for a client without header fields."),
        text("ticket", "A ticket of `POST /sse/ticket`."),
    ]
}
