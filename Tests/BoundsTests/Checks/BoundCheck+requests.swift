import Events
import HTTPTypes
import NIOCore

@testable import Boards
@testable import Gateway
@testable import ServerSettings
@testable import StrictJSON
@testable import boardcast

/// Requests: their heads, bodies and pace, and what refusals of them cost.
extension BoundCheck {
    static var requests: [BoundCheck] {
        let http = Settings().http
        let hold = RefusalHold()
        return [
            BoundCheck(
                "body, head, query", .bytes(http.maxBodyBytes), .bytes(http.maxHeaderBytes),
                .refused(.bodyTooLarge), .refused(.headTooLarge), .refused(.badQuery("", ""))),
            BoundCheck("the body of a QUERY", .bytes(QueryMethod.mostBytes), .refused(.bodyTooLarge)),
            BoundCheck(
                "a request's time", .time(RequestPace.longestHead), .time(RequestPace.leastForBody),
                .time(.seconds(1)), .bytes(Int(RequestPace.bytesPerSecond)), .time(RequestPace.longestPause),
                .refused(.tooSlow)),
            BoundCheck(
                "a header of the PROXY protocol", .bytes(ProxyHeader.longestLine), .count(1),
                .bytes(ProxyHeader.longest), .count(2), .time(RequestPace.longestHead)),
            BoundCheck(
                "requests and streams that share a connection of HTTP/2", .count(2),
                .count(SharedConnection.mostStreams),
                .bytes(SharedConnection.heldBytes)),
            BoundCheck("frames of HTTP/2 that wait to be written", .count(2), .count(SharedConnection.mostFrames)),
            // NIO's low-water mark; see `RequestPaceTests`.
            BoundCheck("an answer's reader", .bytes(32 << 10), .time(RequestPace.longestUnread)),
            BoundCheck(
                "a connection at rest", .time(RequestPace.longestHead), .time(RequestPace.longestRest),
                .time(RequestPace.longestFarewell)),
            BoundCheck(
                "what follows a request that is being decided",
                .bytes(max(ConnectionStart.mostHeld, StreamSocket.mostHeld)), .count(StreamFront.mostHeld)),
            BoundCheck(
                "JSON", .count(JSONParser.Limits().depth), .name("http.maxBodyValues"), .count(http.maxBodyValues),
                .count(JSONParts.mostMembers), .status(.badRequest), .refused(named: .tooManyValues(1))),
            BoundCheck(
                "writes of a user", .name("limits.write…"), .count(RateLimiter<UserID>().capacity),
                .refused(.rateLimited("", for: .seconds(1)))),
            BoundCheck(
                "refusals kept back", .time((hold.pause.lowerBound + hold.pause.upperBound) / 2),
                .count(RefusalHold.limit)),
            BoundCheck(
                "spans of requests that wait for the collector", .count(SpanQueue.most),
                .count(SpanQueue.mostTogether), .time(SpanExporter.patience)),
            BoundCheck("lines of the log that wait for the thread that is writing", .bytes(LineWriter.mostBytes)),
            BoundCheck(
                "addresses whose refusals are counted for the log", .count(RefusalTally.capacity),
                .name("\(RefusalTally.Source.others)")),
            BoundCheck("header names that a page may send besides", .count(CrossOrigin.mostOthers)),
        ]
    }
}
