import HTTPTypes
import NIOCore
import NIOHTTP1
import StrictJSON
import Text

/// The method QUERY (RFC 10008): a GET whose query comes as the body, for what is too long or too secret for a URL.
///
/// ``StreamFront`` makes a GET of it before anything else looks at the request, so all that holds for the one holds for
/// the other: streams, polls, and lists; tokens, limits, and answers.
struct QueryMethod: Sendable {
    static let method = HTTPMethod.RAW(value: "QUERY")
    /// Of its body, on any path.
    static let mostBytes = 16_384
    /// The media types of a body; the first is what a query in a URL is.
    static let mediaTypes = ["application/x-www-form-urlencoded", "application/json"]
    /// For `Accept-Query` (RFC 10008 §3).
    static let accepted = mediaTypes.joined(separator: ", ")

    private let paths: [PathPattern]

    init(_ calls: CallList) { paths = calls.all.filter(\.takesQuery).map(\.path) }

    /// Whether a request is one on a path that takes it; others are for the router to refuse.
    func takes(_ head: HTTPRequestHead) -> Bool {
        head.method == Self.method && paths.contains { $0.match(head.path) != nil }
    }

    /// The same question as a GET, whose query is that of the URL with what the body says after it.
    ///
    /// - Throws: ``Problem`` 400 for a body that is not what its media type says, 415 for another type.
    static func get(_ head: HTTPRequestHead, _ body: ByteBuffer) throws(Problem) -> HTTPRequestHead {
        let items = try items(of: body, as: head.headers)
        var get = head
        get.method = .GET
        for name in ["content-type", "content-length", "content-encoding", "transfer-encoding", "expect"] {
            get.headers.remove(name: name)
        }
        guard !items.isEmpty else { return get }
        get.uri += (head.query == nil ? "?" : "&")
        get.uri += items.map { "\($0.percentEncoded)=\($1.percentEncoded)" }.joined(separator: "&")
        return get
    }

    private typealias Items = [(name: String, value: String)]

    private static func items(of body: ByteBuffer, as headers: HTTPHeaders) throws(Problem) -> Items {
        guard headers["content-encoding"].allSatisfy({ $0.lowercased() == "identity" }) else {
            throw Problem(.contentCoding, "Send a query without Content-Encoding.").with(.acceptEncoding, "identity")
        }
        guard let type = headers.first(name: "content-type") else {
            throw .badQuery("", "a QUERY needs Content-Type: \(mediaTypes.joined(separator: " or "))")
        }
        switch MediaType(type).essence {
        case mediaTypes[0]: return try form(body)
        case mediaTypes[1]: return try json(body)
        default:
            throw Problem(
                .mediaType, "Send the query with Content-Type: \(mediaTypes.joined(separator: " or "))."
            ).with(.acceptQuery, accepted)
        }
    }

    private static func form(_ body: ByteBuffer) throws(Problem) -> Items {
        var items: Items = []
        for pair in body.readableBytesView.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = String(formDecoding: halves[0]),
                let value = halves.count > 1 ? String(formDecoding: halves[1]) : ""
            else { throw .badQuery("", "the percent-encoding is broken, or is not UTF-8") }
            items.append((name, value))
        }
        return items
    }

    /// An object with a member for each name: a text, a number, true or false, or a list of these.
    private static func json(_ body: ByteBuffer) throws(Problem) -> Items {
        let value: JSONValue
        do { value = try JSONParser.parse(body.readableBytesView) } catch {
            throw Problem(.invalidJSON, "The query is not JSON that we take: \(error).")
        }
        guard let object = value.object else { throw Problem(.invalidJSON, "The query must be a JSON object.") }
        var items: Items = []
        for member in object.members {
            for value in member.value.array ?? [member.value] {
                guard let text = text(of: value) else {
                    throw .badQuery(member.name, "must be a text, a number, true or false, or a list of these")
                }
                items.append((member.name, text))
            }
        }
        return items
    }

    private static func text(of value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .number(let number): number.int.map(String.init) ?? number.text
        case .bool(let bool): String(bool)
        case .null, .array, .object: nil
        }
    }
}

/// The body of a QUERY, as far as it has come. ``RequestRules`` bound it.
final class QueryBody {
    private(set) var bytes = ByteBuffer()

    func take(_ part: ByteBuffer) { bytes.writeImmutableBuffer(part) }
}

extension Call {
    /// Whether its path takes QUERY too: it reads, for a token, and has a query.
    var takesQuery: Bool {
        if case .socket = work { return false }
        return method == .get && access != .open && query?.isEmpty == false
    }
}

extension HTTPField.Name {
    static let acceptQuery = Self("Accept-Query")!
}
