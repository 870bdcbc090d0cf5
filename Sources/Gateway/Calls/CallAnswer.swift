import HTTPTypes
import StrictJSON

/// One way in which a call succeeds.
struct CallAnswer: Sendable {
    enum Content: Sendable, Equatable {
        case none
        /// JSON of this schema.
        case json(JSONSchema)
        /// Bytes of one of these media types.
        case file([String])
        /// A stream of events, each one of these.
        case events([StreamItem])
    }

    let status: HTTPResponse.Status
    let content: Content
    /// The header fields of the answer, besides those that every answer has.
    let fields: [HTTPField.Name]

    static func json(
        _ schema: JSONSchema, _ status: HTTPResponse.Status = .ok, fields: [HTTPField.Name] = []
    ) -> CallAnswer {
        CallAnswer(status: status, content: .json(schema), fields: fields)
    }

    static func empty(_ status: HTTPResponse.Status, fields: [HTTPField.Name] = []) -> CallAnswer {
        CallAnswer(status: status, content: .none, fields: fields)
    }

    static func file(_ types: [String], fields: [HTTPField.Name] = []) -> CallAnswer {
        CallAnswer(status: .ok, content: .file(types), fields: fields)
    }

    static let notModified = empty(.notModified, fields: [.eTag])

    static func events(_ items: [StreamItem]) -> CallAnswer {
        CallAnswer(status: .ok, content: .events(items), fields: [])
    }
}
