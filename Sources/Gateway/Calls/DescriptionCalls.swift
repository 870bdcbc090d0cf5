import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON
import Synchronization
import Text
import Tokens

/// `GET /openapi.json`: the API's description, without a token: as OpenAPI 3.1, or with `version=3.2` as that, which also
/// describes the events of streams.
struct DescriptionCalls {
    private let documents: Documents

    private static let version = QueryParameter.oneOf(
        "version", APIDescription.Version.allCases.map(\.rawValue), "That of OpenAPI; 3.1 by default.")

    /// - Parameter others: all other calls.
    init(of others: [Call]) { documents = Documents(others) }

    var all: [Call] { [Self.call { [documents] in try Self.show(documents, $0) }] }

    private static func call(_ handler: @escaping @Sendable (CallInput) throws -> Response) -> Call {
        .open(
            "description.show", .get, "/openapi.json", "The API's description, as OpenAPI.", query: [version],
            answers: [.json(.openAPI, fields: [.eTag]), .notModified]
        ) { input, _ in try handler(input) }
    }

    private static func show(_ documents: Documents, _ input: CallInput) throws -> Response {
        let version = try input.query.choice(version).flatMap { APIDescription.Version(rawValue: $0) } ?? .v31
        let document = documents[version]
        let headers: HTTPFields = [
            .eTag: document.tag.description, .cacheControl: "no-cache", .contentType: "application/json",
        ]
        if document.tag.isIn(input.request.headers[.ifNoneMatch]) {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: document.bytes))
    }

    private struct Document {
        let bytes: ByteBuffer
        let tag: EntityTag
    }

    /// Each is made when it is first asked for.
    private final class Documents: Sendable {
        private let calls: [Call]
        private let made = Mutex<[APIDescription.Version: Document]>([:])

        init(_ others: [Call]) {
            // What it does does not matter to its own description.
            calls = others + [DescriptionCalls.call { _ in throw Problem.notFound }]
        }

        subscript(version: APIDescription.Version) -> Document {
            made.withLock { made in
                if let document = made[version] { return document }
                let bytes = APIDescription(calls, as: version).bytes
                let document = Document(bytes: ByteBuffer(bytes: bytes), tag: EntityTag(digestOf: bytes))
                made[version] = document
                return document
            }
        }
    }
}

extension CallList {
    /// These and the one that describes them.
    init(describing calls: [Call]) { self.init(calls + DescriptionCalls(of: calls).all) }
}

extension JSONSchema {
    fileprivate static let openAPI = having([
        .required("openapi", .text(pattern: "^3\\.[12]\\.")), .required("info", .object([])),
        .required("paths", .object([])),
    ])
}
