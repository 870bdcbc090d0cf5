import Events

/// A part of the log for boards that were added to a connection after it began. It is sent before any newer event.
struct Backfill {
    let selection: Selection
    /// Every event up to this number has been sent or is not shown.
    var cursor: Int
    /// The last number of this part.
    let end: Int
}
