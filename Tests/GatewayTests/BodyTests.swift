import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

/// What a body must be before anything in it is looked at.
@Suite struct BodyTests {
    private static let writes: [(HTTPRequest.Method, String, String)] = [
        (.post, "/api/tasks", #"{"name":"a"}"#), (.patch, "/api/tasks/1", #"{"name":"b"}"#),
        (.post, "/api/tasks/1/move", #"{"status":"done"}"#),
        (.post, "/api/boards", #"{"id":"new"}"#), (.patch, "/api/boards/plan", #"{"name":"P"}"#),
        (.post, "/api/publish", #"{"type":"a.b"}"#), (.post, "/api/boards/plan/typing", #"{"taskId":1,"typing":true}"#),
    ]

    @Test(arguments: writes)
    func `other media types are refused, so that no form can write`(
        method: HTTPRequest.Method, path: String, body: String
    ) async throws {
        let gateway = try await TestGateway.furnished()
        for type in [
            "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json",
            "application/jsonx", "application/xml", "",
            "application/json, text/plain", "application/ld+json", "text/plain; application/json",
        ] {
            let answer = try await gateway.call(method, path, "admin", body, headers: [.contentType: type])
            #expect(answer.status == 415, "\(type)")
            #expect(answer.code == "media_type")
        }
        let untyped = try await gateway.call(method, path, as: try TestGateway.token("admin"), body, isTyped: false)
        #expect(untyped.status == 415)
        #expect(try await gateway.head() == 2)
    }

    @Test(arguments: [
        "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=utf-8",
        "application/json ; x=y",
    ])
    func `JSON is taken however it is called`(type: String) async throws {
        let gateway = try TestGateway()
        #expect(
            try await gateway.call(.post, "/api/tasks", nil, #"{"name":"a"}"#, headers: [.contentType: type]).status
                == 201)
    }

    @Test func `a merge patch is taken where one is meant, and nowhere else`() async throws {
        for (method, path, body) in Self.writes {
            let gateway = try await TestGateway.furnished()
            let headers: HTTPFields = [.contentType: "application/merge-patch+json"]
            let answer = try await gateway.call(method, path, "admin", body, headers: headers)
            #expect((answer.status == 415) == (method != .patch), "\(method) \(path)")
        }
    }

    @Test(arguments: ["br", "zstd", "gzip, gzip", "identity, gzip", "x"])
    func `a body in a coding that we do not know is refused`(coding: String) async throws {
        let answer = try await TestGateway().call(
            .post, "/api/tasks", nil, #"{"name":"a"}"#, headers: [.contentEncoding: coding])
        #expect(answer.status == 415)
        #expect(answer.code == "content_coding")
        #expect(answer.headers[.acceptEncoding] == "gzip, deflate")
    }

    @Test(arguments: ["gzip", "deflate"])
    func `a body that is not of its coding is refused`(coding: String) async throws {
        let answer = try await TestGateway().call(
            .post, "/api/tasks", nil, #"{"name":"a"}"#, headers: [.contentEncoding: coding])
        #expect(answer.status == 400)
        #expect(answer.code == "invalid_coding")
    }

    @Test func `a byte order mark is passed over, once`() async throws {
        let gateway = try TestGateway()
        let mark = "\u{FEFF}"
        #expect(try await gateway.call(.post, "/api/tasks", nil, mark + #"{"name":"a"}"#).status == 201)
        #expect(try await gateway.call(.post, "/api/tasks", nil, mark + mark + #"{"name":"a"}"#).status == 400)
    }

    @Test(arguments: writes)
    func `a body that is larger than we take is refused`(method: HTTPRequest.Method, path: String, body: String)
        async throws
    {
        var settings = GatewaySettings()
        settings.maxBodyBytes = 200
        let gateway = try await TestGateway.furnished(settings)
        let large = body + String(repeating: " ", count: 201 - body.utf8.count)
        let answer = try await gateway.call(method, path, "admin", large)
        #expect(answer.status == 413)
        #expect(answer.code == "body_too_large")
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(try await gateway.head() == 2)
        let fits = body + String(repeating: " ", count: 200 - body.utf8.count)
        #expect(200..<300 ~= (try await gateway.call(method, path, "admin", fits).status))
    }

    @Test(arguments: [
        "", " ", "{", "[]", "[{\"name\":\"a\"}]", "null", "\"a\"", "7", "{\"name\":\"a\"}x",
        "{\"name\":\"a\"}{\"name\":\"b\"}", "{\"name\":\"a\",}", "{'name':'a'}",
        "{\"name\":\"a\",\"name\":\"b\"}", "{\"name\":\"a\",\"n\\u0061me\":\"b\"}", "{\"name\":\"\\ud800\"}",
        "{\"name\":\"a\n\"}", "{\"name\":01}",
        "{\"name\":NaN}", "{\u{FEFF}\"name\":\"a\"}", "{\"name\":\"a\"}\u{0}", "{/**/\"name\":\"a\"}",
    ])
    func `what is not one strict JSON object is refused`(body: String) async throws {
        let gateway = try TestGateway()
        let answer = try await gateway.call(.post, "/api/tasks", nil, body)
        #expect(answer.status == 400)
        #expect(answer.code == "invalid_json")
        #expect(try await gateway.head() == 0)
    }

    @Test func `thirty-three levels are refused, and so are a hundred thousand`() async throws {
        let gateway = try TestGateway()
        for depth in [32, 33, 100_000] {
            let body =
                #"{"type":"a.b","data":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
                + "}"
            let answer = try await gateway.call(.post, "/api/publish", "service", body)
            #expect(answer.status == 400)
            #expect(answer.code == "invalid_json")
        }
        let body =
            #"{"type":"a.b","data":"# + String(repeating: "[", count: 31) + String(repeating: "]", count: 31) + "}"
        #expect(try await gateway.call(.post, "/api/publish", "service", body).status == 202)
    }

    @Test func `a body of more values than we take is refused, whatever they are`() async throws {
        var settings = GatewaySettings()
        settings.maxBodyValues = 100
        let gateway = try TestGateway(settings)
        // The object, its type and the array are values too.
        for (one, most) in [("1", 97), ("[]", 97), ("[null]", 48), (#"{"a":1}"#, 48), (#""""#, 97)] {
            for count in [most, most + 2] {
                let list = Array(repeating: one, count: count).joined(separator: ",")
                let answer = try await gateway.call(
                    .post, "/api/publish", "service", #"{"type":"a.b","data":["# + list + "]}")
                #expect(answer.status == (count == most ? 202 : 413), "\(count) of \(one)")
                #expect(answer.code == (count == most ? nil : "too_many_values"))
            }
        }
    }

    @Test func `a large body is read as a small one is`() async throws {
        let gateway = try TestGateway()
        let text = String(repeating: "x", count: Bodies.largest)
        let body = #"{"type":"a.b","data":"\#(text)"}"#
        #expect(try await gateway.call(.post, "/api/publish", "service", body).status == 202)
        #expect(try await gateway.call(.post, "/api/publish", "service", body + "}").code == "invalid_json")
    }

    @Test func `a refusal does not quote the body`() async throws {
        let answer = try await TestGateway().call(
            .post, "/api/tasks", nil, #"{"name":"a","secret-name":"secret-value","x":tru}"#)
        #expect(answer.status == 400)
        #expect(!answer.text.contains("secret"))
    }
}
