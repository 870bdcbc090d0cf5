import Events
import NIOCore

/// The parts of a ``Reader``: plain values that are stored in the reader itself, so that they cost no allocation.
extension Reader {
    /// How far it has come in the log.
    struct LogPlace {
        /// Every event up to this number has been sent or is not for this reader.
        var cursor = 0
        /// The cursor that its stream began with.
        var beginning = 0
        /// The tenant's newest number at its admission: events up to it may never reach this loop, and must come from
        /// the log.
        let floor: Int
        /// Parts of the log, for boards that were added later, to be sent before what follows the cursor.
        var backfills: [Backfill] = []

        init(floor: Int) { self.floor = floor }

        /// What it reads next: a backfill, or what follows its cursor.
        func next(_ selection: Selection) -> (selection: Selection, cursor: Int, end: Int) {
            backfills.first.map { ($0.selection, $0.cursor, $0.end) } ?? (selection, cursor, .max)
        }

        /// Notes that the current part was sent up to `seq`.
        mutating func advance(to seq: Int) {
            if backfills.isEmpty {
                cursor = max(cursor, seq)
            } else {
                backfills[0].cursor = max(backfills[0].cursor, min(seq, backfills[0].end))
            }
        }
    }

    /// Its place in the ``SharedList`` that it is live in, which keeps this up to date.
    struct ListPlace {
        var list: SharedList?
        var index = 0
        /// The offset in the buffer being filled at which its part begins.
        var start = 0
        /// The last sweep that has reached it.
        var sweep = 0
        var insertions: [Insertion] = []
    }

    /// A frame of the user's own room, and the place in the shared buffer before which it belongs.
    struct Insertion {
        let offset: Int
        let frame: EventFrame
    }

    /// What its socket has not taken, and since when.
    struct Output {
        /// The response's head, until it goes out with the first event.
        var unsentHead: ByteBuffer?
        /// Notices and answers that wait until the socket takes bytes again.
        var waiting = ByteBuffer()
        var lastWrite: Uptime
        var blockedSince: Uptime?
        /// The room of what the sink holds.
        var queued: QueuedBytes.Ticket?
        /// The stream ends when its socket has taken what is queued.
        var isLast = false

        init(unsentHead: ByteBuffer, lastWrite: Uptime) {
            self.unsentHead = unsentHead
            self.lastWrite = lastWrite
        }
    }

    /// The boards on which its user counts as present because of it.
    struct PresencePlace {
        /// Nil before it counts, and for connections that never do.
        var boards: Selection.Boards?
        /// The ``PresenceHub/version(of:)`` of the lists that it was last sent.
        var version = 0
        /// Whether it may have missed changes to those lists since.
        var mayHaveMissed = false
    }

    /// Where the hub's table holds it.
    struct TablePlace {
        var part = 0
        var index = 0
    }

    struct Sent {
        var events = 0
        var bytes = 0
    }
}
