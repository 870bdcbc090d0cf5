extension BoundCheck {
    /// Every check; each claims one row.
    static var all: [BoundCheck] { store + streams + memory + requests + connections + access + files + jobs }

    /// Constants that are named like bounds and have no row, and why.
    static let withoutRow = [
        "Backoff.longest": "a wait of our own client",
        "Boardcast.longestAnswer": "an answer that the library for other programs reads",
        "ChangeWords.longest": "columns of a terminal",
        "Cursor.longest": "the longest text that is a cursor",
        "EventParser.longest": "an event that the library for other programs reads",
        "ImportFile.longest": "what the command line sends at most, for the gateway to judge",
        "JobKeeper.longestRest": "a timer's pause",
        "Lifetime.longest": "what `boardcast mint` takes as an argument",
        "LoopHub.mostScratch": "the one buffer that a loop keeps for its next write",
        "NameList.most": "a token with more names goes the longer way",
        "Pauses.longest": "a wait of the library for other programs",
        "PlainVerifier.mostBytes": "a longer token goes the longer way",
        "ProgressMeter.longest": "columns of a terminal",
        "Refusal.mostReasons": "lines of a terminal",
        "RetryDelay.longest": "a pause between attempts",
        "SocketProbe.mostRead": "what the doctor looks at of an answer",
        "StreamHead.mostFields": "a head with more fields goes the longer way",
        "WakePayload.mostBytes": "what PostgreSQL takes; the rest goes into the next",
    ]
}
