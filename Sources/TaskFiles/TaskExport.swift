public import Boards
import Events

/// A board's tasks as a file that ``TaskFile`` reads back: RFC 4180 in UTF-8, with a header, by column and rank. No
/// text in it is a formula to a spreadsheet.
public enum TaskExport {
    public static var header: [UInt8] {
        var writer = CSVWriter(reserving: 128)
        writer.record(TaskColumns.exported)
        return writer.bytes
    }

    public static func record(of task: BoardTask) -> [UInt8] {
        let texts = [
            task.name, task.description, task.status, task.priority.rawValue, task.assignee?.rawValue ?? "",
            LabelList.text(of: task.labels), task.dueAt?.description ?? "", String(task.id),
            task.createdBy.rawValue, task.createdAt.description,
        ]
        var writer = CSVWriter(reserving: 256)
        writer.record(texts.map(SpreadsheetText.shielded))
        return writer.bytes
    }

    public static func csv(_ tasks: [BoardTask]) -> [UInt8] { header + tasks.flatMap(record) }
}
