import Events

/// A part of the log for boards that joined a connection after it began, given before anything that is newer.
struct Backfill {
    let selection: Selection
    /// Everything up to this number has gone to the sink, or is not shown.
    var cursor: Int
    /// The last number of this part.
    let end: Int
}
