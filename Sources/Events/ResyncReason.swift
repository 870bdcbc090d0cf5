/// Why a cursor can't be honoured; sent in-stream with `stream.resync`.
public enum ResyncReason: String, Sendable, CaseIterable {
    /// Older than what the log still holds.
    case cursorExpired = "cursor_expired"
    /// Not a cursor.
    case cursorMalformed = "cursor_malformed"
    /// Of an epoch that is not known, or of events that were lost: the database is not the one that gave it.
    case epochChanged = "epoch_changed"
    /// Beyond the newest number.
    case cursorAhead = "cursor_ahead"
}

/// What a reader gets that names a place.
public enum Resumption: Sendable, Equatable {
    /// No cursor was given: live from the head.
    case fresh
    /// Everything after this place, then live.
    case replay(after: Cursor)
    case resync(ResyncReason)

    /// - Parameter cursor: as the client sent it, nil or empty when it sent none.
    public init(cursor: String?, in bounds: LogBounds) {
        guard let cursor, !cursor.isEmpty else { self = .fresh; return }
        guard let place = Cursor(cursor) else { self = .resync(.cursorMalformed); return }
        self.init(place, in: bounds)
    }

    /// - Parameter bounds: of the transaction that the events after `place` are read in.
    public init(_ place: Cursor, in bounds: LogBounds) {
        guard bounds.epochs.knows(place, head: bounds.head) else { self = .resync(.epochChanged); return }
        guard place.seq <= bounds.head else { self = .resync(.cursorAhead); return }
        guard place.seq >= bounds.oldest - 1 else { self = .resync(.cursorExpired); return }
        self = .replay(after: place)
    }
}
