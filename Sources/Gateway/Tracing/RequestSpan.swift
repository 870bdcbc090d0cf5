import Events
import HTTPTypes
import StrictJSON
import Text

/// One request that the router has answered, as a span of OpenTelemetry. It has no path, query, body, user or tenant.
struct RequestSpan: Sendable, Equatable {
    let traceID: String
    let spanID: String
    /// The caller's; nil for the first of a trace.
    let parentID: String?
    /// The call's name: `tasks.create`.
    let call: String
    let method: String
    /// The router's pattern of the path; nil for a path that is none.
    let route: String?
    let status: Int
    /// The request's id in the log.
    let requestID: String
    let end: Timestamp
    let duration: Duration

    /// Nil where the caller does not want it recorded.
    ///
    /// - Parameter parent: that of the request; without one it begins a trace.
    init?(
        after parent: TraceParent?, call: String, method: String, route: String?, status: Int, requestID: String,
        end: Timestamp, duration: Duration
    ) {
        guard parent?.isSampled ?? true else { return nil }
        traceID = parent?.traceID ?? Self.id() + Self.id()
        (spanID, parentID) = (Self.id(), parent?.spanID)
        (self.call, self.method, self.route, self.status) = (call, method, route, status)
        (self.requestID, self.end, self.duration) = (requestID, end, duration)
    }

    /// 16 random hexadecimal digits, never all of them zero.
    private static func id() -> String { UInt64.random(in: 1 ... .max).hexDigits }
}

/// The JSON encoding of OTLP (opentelemetry-proto, “JSON Protobuf Encoding”): ids are hexadecimal, whole numbers of 64 bits are texts.
extension JSONWriter {
    /// An `ExportTraceServiceRequest`.
    mutating func export(_ spans: [RequestSpan], ofVersion version: String) {
        object { json in
            json.name("resourceSpans")
            json.array(CollectionOfOne(spans)) { json, spans in
                json.object { json in
                    json.name("resource")
                    json.object {
                        $0.name("attributes")
                        $0.attributes([("service.name", "boardcast"), ("service.version", version)])
                    }
                    json.name("scopeSpans")
                    json.array(CollectionOfOne(spans)) { json, spans in
                        json.object { json in
                            json.name("scope");
                            json.object {
                                $0.name("name"); $0.string("boardcast")
                            }
                            json.name("spans"); json.array(spans) { $0.span($1) }
                        }
                    }
                }
            }
        }
    }

    /// With the attributes of the semantic conventions for HTTP servers.
    private mutating func span(_ span: RequestSpan) {
        let end = span.end.milliseconds * 1_000_000
        let (seconds, attoseconds) = span.duration.components
        let begin = end - (Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
        object { json in
            json.name("traceId"); json.string(span.traceID)
            json.name("spanId"); json.string(span.spanID)
            if let parentID = span.parentID {
                json.name("parentSpanId"); json.string(parentID)
            }
            json.name("name"); json.string(span.route.map { "\(span.method) \($0)" } ?? span.method)
            // SPAN_KIND_SERVER
            json.name("kind"); json.int(2)
            json.name("startTimeUnixNano"); json.string(String(begin))
            json.name("endTimeUnixNano"); json.string(String(end))
            json.name("attributes")
            json.attributes(
                [("http.request.method", span.method)] + (span.route.map { [("http.route", $0)] } ?? [])
                    + [("boardcast.call", span.call), ("boardcast.request_id", span.requestID)],
                [("http.response.status_code", span.status)])
            json.name("status")
            // STATUS_CODE_ERROR for what is the server's fault.
            json.object { if span.status >= 500 { $0.name("code"); $0.int(2) } }
        }
    }

    private mutating func attributes(_ texts: [(String, String)], _ numbers: [(String, Int)] = []) {
        let all = texts.map { ($0, "stringValue", $1) } + numbers.map { ($0, "intValue", String($1)) }
        array(all) { json, attribute in
            json.object { json in
                json.name("key"); json.string(attribute.0)
                json.name("value");
                json.object {
                    $0.name(escaping: attribute.1); $0.string(attribute.2)
                }
            }
        }
    }
}
