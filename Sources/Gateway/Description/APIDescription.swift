import Events
import HTTPTypes
import StrictJSON

/// The API as an OpenAPI document, made from the list of its calls.
struct APIDescription {
    enum Version: String, CaseIterable {
        case v31 = "3.1"
        /// Which has words for the items of a stream (§4.14.3).
        case v32 = "3.2"

        /// As the document says it.
        var number: String {
            switch self {
            case .v31: "3.1.1"
            case .v32: "3.2.0"
            }
        }
    }

    let calls: CallList
    let version: Version

    init(_ calls: [Call], as version: Version) {
        (self.calls, self.version) = (CallList(calls.filter(\.isDescribed)), version)
    }

    var bytes: [UInt8] {
        var json = JSONWriter(reserving: 200_000)
        json.object { json in
            json.name("openapi"); json.string(version.number)
            json.name("info"); json.object { $0.info() }
            json.name("servers")
            // Where this document is: whatever path a proxy puts before ours.
            json.array(CollectionOfOne(".")) { json, url in
                json.object {
                    $0.name("url"); $0.string(url)
                }
            }
            json.name("tags")
            json.array(tags) { json, tag in
                json.object {
                    $0.name("name"); $0.string(tag)
                }
            }
            json.name("paths")
            json.object { json in
                for (path, calls) in calls.byPath {
                    json.name(escaping: path.template)
                    json.object { json in
                        for call in calls {
                            json.name(escaping: call.method.rawValue.lowercased())
                            json.operation(call, in: version)
                        }
                        // 3.1 has no word for it.
                        for call in calls where version == .v32 && call.takesQuery {
                            json.name("query"); json.queryOperation(call)
                        }
                    }
                }
            }
            json.name("components")
            json.object { json in
                json.name("schemas")
                json.object { json in
                    for (name, schema) in schemas.sorted(by: { $0.key < $1.key }) {
                        json.name(escaping: name); json.value(schema.value)
                    }
                }
                json.usualParts(refusals: Set(calls.all.flatMap(\.statuses)).sorted { $0.code < $1.code })
            }
        }
        return json.bytes
    }

    private var tags: [String] {
        calls.all.reduce(into: []) { if !$0.contains($1.tag) { $0.append($1.tag) } }
    }

    private var schemas: [String: JSONSchema] {
        var found = Problem.schema.named
        for call in calls.all {
            for schema in call.schemas(in: version) { found.merge(schema.named) { old, _ in old } }
        }
        return found
    }
}

extension Call {
    /// The group in which people find it: the part of its name before the dot.
    var tag: String { isRouted ? String(name.prefix { $0 != "." }) : "streams" }

    fileprivate func schemas(in version: APIDescription.Version) -> [JSONSchema] {
        var schemas = body.schema.map { [$0] } ?? []
        for answer in answers {
            switch answer.content {
            case .json(let schema): schemas.append(schema)
            case .events(let items): if version == .v32 { schemas += items.map(\.schema) }
            case .none, .file: break
            }
        }
        return schemas
    }
}

extension PathPattern {
    /// As OpenAPI has it: `/api/tasks/{id}`.
    var template: String { parameterName.map { path(with: "{\($0)}") } ?? description }
}

extension JSONWriter {
    fileprivate mutating func info() {
        name("title"); string("Boardcast")
        name("summary"); string("Boards and tasks whose changes everybody sees as they happen.")
        name("description")
        string(
            """
            Tokens are JWTs; each names a tenant, and nothing of another tenant can be seen. Roles, each of which may do \
            what those before it may: \(Role.allCases.map(\.rawValue).joined(separator: ", ")).

            Refusals are `application/problem+json` (RFC 9457). Any call can also be answered with 405 and 501 (the \
            method), 408 (a body that takes too long), 431 (a head that is too large) and 505. On every call the query \
            names `_`, `utm_…`, `gclid`, `fbclid` and `msclkid` are passed over; other unknown names are refused.
            """)
        // Of the protocol; the binary says its own with --version.
        name("version"); string("1")
        name("license")
        object {
            $0.name("name"); $0.string("Apache-2.0")
            $0.name("identifier"); $0.string("Apache-2.0")
        }
    }
}
