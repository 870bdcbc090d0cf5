public import Boards
import Events

/// A board's tasks as a file that ``TaskFile`` reads back.
public enum TaskExport {
    /// RFC 4180 in UTF-8, with a header, by column and rank. No text in it is a formula to a spreadsheet.
    public static func csv(_ tasks: [BoardTask]) -> [UInt8] {
        var writer = CSVWriter(reserving: 128 + tasks.count * 200)
        writer.record(TaskColumns.exported)
        for task in tasks {
            let texts = [
                task.name, task.description, task.status, task.priority.rawValue, task.assignee?.rawValue ?? "",
                LabelList.text(of: task.labels), task.dueAt?.description ?? "", String(task.id),
                task.createdBy.rawValue, task.createdAt.description,
            ]
            writer.record(texts.map(SpreadsheetText.shielded))
        }
        return writer.bytes
    }
}
