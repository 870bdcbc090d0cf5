import Boards
import Events
import TestSupport

@testable import TaskFiles

/// The rows of a file on a board with the usual statuses.
func rows(of file: TaskFile) -> [ImportRow] {
    let statuses = StatusMap(.main(since: Timestamp(milliseconds: 0)))
    return (0..<file.count).map { file.row($0, on: statuses) }
}

func rows(of text: String) throws(TaskFileError) -> [ImportRow] { rows(of: try TaskFile(Array(text.utf8))) }
