import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import StrictJSON
import Synchronization
import Text

/// Examines a gateway from where its clients are, through whatever proxies there are.
public struct Examination: Sendable {
    private let client: GatewayClient
    private let patience: Duration

    /// - Parameter patience: how long each answer may take.
    public init(_ client: GatewayClient, patience: Duration = .seconds(10)) {
        (self.client, self.patience) = (client, patience)
    }

    /// Everything that was found, in the order in which it was looked at; ends early where nothing further can work.
    ///
    /// - Parameter writes: whether a task may be made, and deleted again.
    public func run(writes: Bool) async -> [Finding] {
        var findings = await reach()
        guard !findings.contains(where: { $0.level == .failure }) else { return findings }
        findings.append(await session())
        guard findings.last?.level != .failure else { return findings }
        let (stream, cursor) = await stream()
        findings += stream
        guard let cursor else { return findings }
        findings += [await resume(cursor), await lastEventID(), await poll(cursor), await socket()]
        if writes { findings.append(await write()) }
        return findings
    }

    private func reach() async -> [Finding] {
        let start = ContinuousClock.now
        let response: HTTPClientResponse
        do { response = try await client.stream("/healthz", query: [], headers: [:]) } catch {
            let words = (error as? Failure)?.message ?? NetworkProblem.words(for: error)
            return [Finding(.failure, "reachable", "\(client.server): \(words)")]
        }
        let time = (ContinuousClock.now - start).text
        guard response.status == .ok else {
            let place = response.headers.first(name: "location").map { " (to \($0.printable); give that URL)" } ?? ""
            return [Finding(.failure, "reachable", "/healthz answers \(response.status.code)\(place), not 200")]
        }
        let found = Finding(.ok, "reachable", "in \(time)")
        return [found] + (response.headers.first(name: "date").flatMap(clock).map { [$0] } ?? [])
    }

    /// Compares the clocks by the answer's `Date`.
    private func clock(_ date: String) -> Finding? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let there = format.date(from: date) else { return nil }
        let difference = Int(there.timeIntervalSinceNow.rounded())
        guard abs(difference) > 5 else { return Finding(.ok, "clock", "the same there as here") }
        return Finding(
            .warning, "clock",
            "\(abs(difference)) s \(difference > 0 ? "ahead" : "late") there; tokens are judged by it: set both by NTP")
    }

    private func session() async -> Finding {
        do throws(Failure) {
            let answer = try await client.get("/api/session")
            let session = try? JSONParser.parse(answer).object
            func text(_ name: String) -> String { (session?[name]?.string ?? "?").printable }
            return Finding(.ok, "token", "valid: role \(text("role")) of tenant \(text("tenant"))")
        } catch {
            return Finding(
                .failure, "token",
                "\(error); if the token is a good one, see that the proxy passes Authorization on unchanged")
        }
    }

    /// - Returns: the place of the log where the stream began, if one did.
    private func stream() async -> ([Finding], cursor: String?) {
        let sample = await StreamSample.take(of: client, within: patience) { !$0.events.isEmpty }
        guard let status = sample.status, let head = sample.head else {
            let words = sample.problem ?? "no answer in \(patience.text)"
            return (
                [Finding(.failure, "stream", "\(words); a proxy that buffers holds it back: proxy_buffering off")], nil
            )
        }
        guard status == 200, sample.contentType.hasPrefix("text/event-stream") else {
            let words = sample.problem ?? "its type is “\(sample.contentType.printable)”"
            return ([Finding(.failure, "stream", "/sse/connect answers \(status): \(words)")], nil)
        }
        guard let established = sample.event("connection.established"), let first = sample.first else {
            return (
                [
                    Finding(
                        .failure, "stream",
                        "it began, but no event came in \(patience.text); "
                            + "something buffers it: proxy_buffering off (nginx), and no compression of event streams")
                ], nil
            )
        }
        var findings = [Finding(.ok, "stream", "the first event after \(first.text)")]
        if first - head > .seconds(1) {
            findings.append(
                Finding(
                    .warning, "buffering",
                    "\((first - head).text) from the head to the first event: proxy_buffering off"))
        }
        if !sample.contentEncoding.isEmpty {
            findings.append(
                Finding(
                    .warning, "compression",
                    "a proxy compresses the stream (\(sample.contentEncoding.printable)); exclude text/event-stream"))
        }
        let seconds = established["heartbeatSeconds"]?.int ?? 20
        findings.append(await heartbeat(every: .seconds(min(max(1, seconds), 300))))
        return (findings, established["cursor"]?.string)
    }

    private func heartbeat(every interval: Duration) async -> Finding {
        let longest = interval * 2 + .seconds(2)
        let sample = await StreamSample.take(of: client, within: longest) { $0.heartbeat != nil }
        if let time = sample.heartbeat { return Finding(.ok, "heartbeat", "after \(time.text)") }
        let words = sample.problem ?? "none in \(longest.text)"
        return Finding(
            .failure, "heartbeat",
            "\(words); let the proxy wait longer than \(interval.text) (proxy_read_timeout, timeout tunnel), and not buffer"
        )
    }

    private func resume(_ cursor: String) async -> Finding {
        let sample = await StreamSample.take(of: client, lastEventID: cursor, within: patience) { !$0.events.isEmpty }
        guard sample.event("connection.established")?["recovered"]?.bool == true else {
            return Finding(.failure, "resume", sample.problem ?? "a cursor of a moment ago is not honoured")
        }
        return Finding(.ok, "resume", "a cursor is honoured")
    }

    /// A cursor that is none has to be answered with `stream.resync`; if it is not, it did not arrive.
    private func lastEventID() async -> Finding {
        let sample = await StreamSample.take(of: client, lastEventID: "doctor", within: patience) {
            $0.event("stream.resync") != nil
                || $0.event("connection.established")?["recovered"]?.bool == true
        }
        guard sample.event("stream.resync") != nil else {
            return Finding(.failure, "Last-Event-ID", "the header does not arrive; see that the proxy passes it on")
        }
        return Finding(.ok, "Last-Event-ID", "the header arrives")
    }

    private func poll(_ cursor: String) async -> Finding {
        do throws(Failure) {
            _ = try await client.get("/api/events", query: [("since", cursor), ("wait", "1")])
            return Finding(.ok, "long poll", "answered")
        } catch { return Finding(.failure, "long poll", error.description) }
    }

    /// Without WebSockets the streams go on, so that this is a warning.
    private func socket() async -> Finding {
        let subject = "WebSocket"
        let probe: SocketProbe
        do throws(Failure) {
            probe = SocketProbe(server: client.server, token: try client.currentToken(), patience: patience)
        } catch { return Finding(.failure, subject, error.description) }
        switch await probe.open() {
        case .open: return Finding(.ok, subject, "opened")
        case .silent:
            return Finding(.warning, subject, "opened, but no event came in \(patience.text); it is held back")
        case .refused(let line):
            let answer = line.isEmpty ? "not answered" : "answered “\(line.printable)”"
            return Finding(
                .warning, subject,
                "\(answer); let the proxy pass Upgrade and Connection on, by HTTP/1.1 (nginx: proxy_http_version 1.1, "
                    + "proxy_set_header Upgrade $http_upgrade)")
        case .unreachable(let words): return Finding(.warning, subject, words)
        }
    }

    /// Makes a task, waits for it on a stream, and deletes it.
    private func write() async -> Finding {
        let name = "boardcast doctor \(UInt32.random(in: .min ... .max))"
        let box = StreamSample.Box()
        async let sample = StreamSample.take(of: client, within: patience, into: box) { sample in
            sample.events.contains { $0.object["task"]?.object?["name"]?.string == name }
        }
        do throws(Failure) {
            let end = ContinuousClock.now + patience
            while box.sample.withLock({ $0.events.isEmpty }), ContinuousClock.now < end {
                try? await Task.sleep(for: .milliseconds(20))
            }
            var json = JSONWriter()
            json.object {
                $0.name("name")
                $0.string(name)
            }
            let start = ContinuousClock.now
            let bytes = try await client.post("/api/tasks", json: json.bytes)
            let answer = try? JSONParser.parse(bytes).object
            let found = await sample
            let time = (ContinuousClock.now - start).text
            if let id = answer?["task"]?.object?["id"]?.int { try await client.delete("/api/tasks/\(id)") }
            guard found.events.contains(where: { $0.object["task"]?.object?["name"]?.string == name }) else {
                return Finding(.failure, "write", "a task was made, but its event did not come in \(patience.text)")
            }
            return Finding(.ok, "write", "on the stream after \(time)")
        } catch { return Finding(.failure, "write", error.description) }
    }
}
