import Events
import StrictJSON

/// The state of a tenant's boards, made from its log alone: what a client that read every event believes.
struct Rebuilt {
    private(set) var tasks: [Int: JSONObject] = [:]
    private(set) var boards: [String: JSONObject] = [:]

    init(_ events: [Event]) {
        for event in events { apply(event) }
    }

    private mutating func apply(_ event: Event) {
        let object = event.object
        switch event.type {
        case .taskCreated, .taskUpdated, .taskStatusChanged:
            tasks[object["taskId"]!.int!] = object["task"]!.object!
        case .taskDeleted:
            tasks[object["taskId"]!.int!] = nil
        case .boardCreated, .boardUpdated:
            boards[object["boardId"]!.string!] = object["board"]!.object!
        case .boardDeleted:
            let id = object["boardId"]!.string!
            boards[id] = nil
            tasks = tasks.filter { $0.value["boardId"]!.string! != id }
        default: break
        }
    }
}
