import Events
import HTTPTypes
import NIOHTTP1
import StrictJSON
import Testing

@testable import Gateway

/// `/openapi.json`, held against what the gateway does. That every answer of these suites is described is checked where
/// they get it, in ``TestGateway/call(_:_:as:_:headers:isTyped:)``.
@Suite struct DescriptionCallsTests {
    @Test(arguments: APIDescription.Version.allCases)
    func `the description has every call and every stream, and nothing else`(
        version: APIDescription.Version
    ) throws {
        let description = try Description(version)
        let described = description.operations.map { "\($0.method) \($0.path) \($0.id ?? "")" }
        var calls = EveryCall.list.all.filter(\.isDescribed).map { "\($0.method) \($0.path) \($0.name)" }
        if version == .v32 {
            calls += EveryCall.list.all.filter(\.takesQuery).map { "QUERY \($0.path) \($0.name).query" }
        }
        #expect(described.sorted() == calls.sorted())
        #expect(calls.count == Set(calls).count && calls.count > 40)
    }

    @Test func `everything that is described is there`() async throws {
        let world = try await EveryCall.World()
        for operation in Description.v32.operations {
            let path = operation.path.path(with: operation.path.description.contains("/:user") ? "ann" : "plan")
            if world.gateway.streams.endpoints.match(TestGateway.head(path, token: nil)) != nil { continue }
            if path == SocketEndpoint.path.description { continue }
            let answer = try await world.gateway.call(.options, path, as: nil)
            #expect(answer.headers[.allow]?.split(separator: ", ").contains("\(operation.method)") == true, "\(path)")
        }
    }

    @Test func `a document is served as it was before, with a tag`() async throws {
        let gateway = try TestGateway()
        let first = try await gateway.call(.get, "/openapi.json", as: nil)
        #expect(first.status == 200)
        #expect(first["openapi"] == .string("3.1.1"))
        let tag = try #require(first.headers[.eTag])
        let again = try await gateway.call(.get, "/openapi.json", as: nil, headers: [.ifNoneMatch: tag])
        #expect(again.status == 304)
        #expect(again.bytes.isEmpty)
        let other = try await gateway.call(.get, "/openapi.json?version=3.2", as: nil, headers: [.ifNoneMatch: tag])
        #expect(other.status == 200)
        #expect(other["openapi"] == .string("3.2.0"))
        #expect(try await gateway.call(.get, "/openapi.json?version=2.0", as: nil).status == 400)
    }

    @Test(arguments: EveryCall.all)
    func `a request that is taken is as described, and one with a member that is not known is neither`(
        call: EveryCall
    ) throws {
        guard let body = call.body, call.call.body.schema != nil else { return }
        let operation = try #require(Description.v31.operation(call.method, call.path))
        let object = try #require(try JSONParser.parse(Array(body.utf8)).object)
        #expect(Description.v31.errors(.object(object), asSentTo: operation) == [])
        var odd = object
        odd["nothing"] = .null
        #expect(Description.v31.errors(.object(odd), asSentTo: operation) != [])
    }

    @Test func `a query is described as a body by the parameters that it has in a URL`() throws {
        let (get, query) = (
            try #require(Description.v32.operation(.get, "/api/tasks")),
            try #require(Description.v32.operation(.query, "/api/tasks"))
        )
        let parameters = get.members["parameters"]?.array?.compactMap { $0.object?["name"]?.string } ?? []
        #expect(parameters.contains("status"))
        let content = query.members["requestBody"]?.object?["content"]?.object
        #expect(content?.members.map(\.name) == QueryMethod.mediaTypes)
        for type in QueryMethod.mediaTypes {
            let schema = content?[type]?.object?["schema"]?.object
            #expect(schema?["properties"]?.object?.members.map(\.name) == parameters)
        }
        #expect(Description.v32.errors(.object(JSONObject()), asSentTo: query) == [])
        #expect(Description.v31.operation(.query, "/api/tasks") == nil)
    }

    @Test func `every parameter of a query is described in words`() {
        for call in EveryCall.list.all {
            for parameter in call.query ?? [] { #expect(!parameter.words.isEmpty, "\(call.name) \(parameter.name)") }
        }
    }

    @Test func `one name is one schema`() {
        var schemas: [String: JSONSchema] = [:]
        for call in EveryCall.list.all {
            for answer in call.answers {
                guard case .json(let schema) = answer.content else { continue }
                for (name, schema) in schema.named {
                    #expect(schemas[name] == nil || schemas[name] == schema, "\(name)")
                    schemas[name] = schema
                }
            }
        }
        #expect(schemas.count > 20)
    }

    @Test func `who may make a call is said by the least role`() throws {
        for (method, path, role) in [
            (.get, "/api/tasks", "viewer"), (.post, "/api/tasks", "member"), (.post, "/api/publish", "service"),
            (.post, "/api/boards", "admin"), (.get, "/api/session", "viewer"),
        ] as [(HTTPRequest.Method, String, String)] {
            let operation = try #require(Description.v31.operation(method, path))
            let first = operation.members["security"]?.array?.first
            #expect(first?.object?["bearer"] == .array([.string(role)]), "\(path)")
        }
        let open = try #require(Description.v31.operation(.get, "/healthz"))
        #expect(open.members["security"] == .array([]))
    }
}
