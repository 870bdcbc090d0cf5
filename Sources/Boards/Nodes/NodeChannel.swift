/// What nodes tell each other at once, besides what their beats read. Each may be lost.
public enum NodeChannel: Sendable {
    /// There is something to read: a beat is due. The text is the id of the node that says so, or empty.
    case wakes
    /// An event that is not logged, or the number of the parcel that has it.
    case passing

    /// The most bytes of a text.
    public static let mostBytes = 7999
}
