/// How urgent a task is.
public enum Priority: String, Sendable, CaseIterable {
    case low, medium, high, urgent
}
