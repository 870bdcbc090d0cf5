/// Something of a row that its task does not have as the file has it.
public enum ImportNote: Sendable, Equatable {
    /// A value that can't be understood was left out, or the usual one was taken.
    case unknown(ImportField, String)
    /// A text was longer than a task's may be.
    case cut(ImportField)
    /// A member of this name says nothing about a task.
    case passedOver(String)
    /// What a column of this title has is in the description: a task has no other place for it.
    case kept(String)
}

/// A field of a row, as reports name it.
public enum ImportField: String, Sendable, CaseIterable {
    case name, description, status, priority, date, assignee, label, row
}

/// What a file has that no task can have; as reports name it.
public enum LeftOut: String, Sendable, CaseIterable {
    case comments, attachments, customFields, completedDates, checklists
}
