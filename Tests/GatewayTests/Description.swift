import HTTPTypes
import StrictJSON
import Synchronization
import Testing

@testable import Gateway

/// The API's description, as a client reads it, for holding answers against it.
struct Description: Sendable {
    let document: JSONObject
    private let check: SchemaCheck

    static let v31 = try! Description(.v31)
    static let v32 = try! Description(.v32)

    init(_ version: APIDescription.Version) throws {
        let bytes = APIDescription(EveryCall.list.all, as: version).bytes
        document = try #require(try JSONParser.parse(bytes, limits: .init(values: .max)).object)
        check = SchemaCheck(document: document)
        operations = Self.operations(in: document)
    }

    struct Operation: Sendable {
        let path: PathPattern
        let method: HTTPRequest.Method
        let members: JSONObject
        var id: String? { members["operationId"]?.string }
        /// Whether the router answers it.
        var isRouted: Bool { members["tags"] != .array([.string("streams")]) }
    }

    /// Made of the document, once.
    let operations: [Operation]

    private static func operations(in document: JSONObject) -> [Operation] {
        var found: [Operation] = []
        for path in document["paths"]?.object?.members ?? [] {
            let pattern = PathPattern(path.name.split(separator: "{").joined(separator: ":").filter { $0 != "}" })
            for member in path.value.object?.members ?? [] {
                guard let method = HTTPRequest.Method(member.name.uppercased()), let members = member.value.object
                else { continue }
                found.append(Operation(path: pattern, method: method, members: members))
            }
        }
        return found
    }

    /// The operation that a request is for.
    func operation(_ method: HTTPRequest.Method, _ target: String) -> Operation? {
        let path = target.prefix { $0 != "?" }
        let found = operations.filter { $0.path.match(path) != nil }
        let exact = found.filter { $0.path.match(path) == .exact }
        return (exact.isEmpty ? found : exact).first { $0.method == method }
    }

    /// What an answer has that the description does not say of it.
    func errors(_ answer: Answer, of operation: Operation) -> [String] {
        guard let response = resolved(operation.members["responses"]?.object?[String(answer.status)]) else {
            return ["\(answer.status) is not described"]
        }
        let type = answer.headers[.contentType].map { MediaType($0).essence }
        guard let content = response["content"]?.object else {
            return answer.bytes.isEmpty ? [] : ["\(answer.status) has a body"]
        }
        guard let type, let schema = content[type]?.object else {
            return ["\(answer.status) is not described as \(type ?? "nothing")"]
        }
        guard let schema = schema["schema"] else { return [] }
        guard let value = try? JSONParser.parse(answer.bytes, limits: .init(depth: 64, values: .max)) else {
            return ["the body is no JSON"]
        }
        return check.errors(value, against: schema)
    }

    /// What is wrong with a body as a request of `operation`.
    func errors(_ body: JSONValue, asSentTo operation: Operation) -> [String] {
        guard
            let schema = operation.members["requestBody"]?.object?["content"]?.object?["application/json"]?.object?[
                "schema"]
        else { return ["no body is described"] }
        return check.errors(body, against: schema)
    }

    /// What is wrong with an event of the stream that `operation` opens, its fields as members.
    func errors(_ event: JSONValue, on operation: Operation) -> [String] {
        let response = operation.members["responses"]?.object?["200"]?.object
        guard let schema = response?["content"]?.object?["text/event-stream"]?.object?["itemSchema"] else {
            return ["no stream is described"]
        }
        return check.errors(event, against: schema)
    }

    private func resolved(_ value: JSONValue?) -> JSONObject? {
        guard let reference = value?.object?["$ref"]?.string else { return value?.object }
        return check.target(reference)?.object
    }
}

/// Which answers of the suites are held against the description: the first of each kind, since it takes its time.
final class Described: Sendable {
    static let shared = Described()
    private static let mostOfKind = 20
    private let counts = Mutex<[String: Int]>([:])

    func wants(_ answer: Answer, of operation: Description.Operation) -> Bool {
        guard answer.bytes.count < 65_536 else { return false }
        return counts.withLock {
            $0["\(operation.id ?? "") \(answer.status)", default: 0] += 1
            return $0["\(operation.id ?? "") \(answer.status)", default: 0] <= Self.mostOfKind
        }
    }
}
