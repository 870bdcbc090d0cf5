import HTTPTypes

/// The stable names by which programs distinguish refusals; each has one status.
public enum ProblemCode: String, Sendable, CaseIterable {
    case moved
    case invalid
    case invalidJSON = "invalid_json"
    case invalidQuery = "invalid_query"
    case invalidIdempotencyKey = "invalid_idempotency_key"
    case invalidIfMatch = "invalid_if_match"
    case invalidFile = "invalid_file"
    case invalidCoding = "invalid_coding"
    case tokenTooLong = "token_too_long"
    case badRequest = "bad_request"
    case badFraming = "bad_framing"
    case badHost = "bad_host"
    case badTarget = "bad_target"
    case badHandshake = "bad_handshake"
    case needsTLS = "needs_tls"
    case invalidCommand = "invalid_command"
    case tokenMissing = "token_missing"
    case invalidToken = "invalid_token"
    case roleForbidden = "role_forbidden"
    case boardForbidden = "board_forbidden"
    case jobForbidden = "job_forbidden"
    case notYours = "not_yours"
    case originForbidden = "origin_forbidden"
    case notFound = "not_found"
    case linkUsed = "link_used"
    case methodNotAllowed = "method_not_allowed"
    case requestTimeout = "request_timeout"
    case conflict
    case versionMismatch = "version_mismatch"
    case bodyTooLarge = "body_too_large"
    case tooManyValues = "too_many_values"
    case mediaType = "media_type"
    case contentCoding = "content_coding"
    case idempotencyKeyReused = "idempotency_key_reused"
    case upgradeRequired = "upgrade_required"
    case rateLimited = "rate_limited"
    case limitReached = "limit_reached"
    case importsRunning = "imports_running"
    case typingFull = "typing_full"
    case tooMany = "too_many"
    case headersTooLarge = "headers_too_large"
    case `internal`
    case storage
    case methodUnknown = "method_unknown"
    case transferCoding = "transfer_coding"
    case busy
    case closing
    case draining
    case unavailable
    case answersFull = "answers_full"
    case bodiesFull = "bodies_full"
    case databaseLost = "database_lost"
    case databaseUnreachable = "database_unreachable"
    case isolated
    case noKeys = "no_keys"
    case notDurable = "not_durable"
    case ticketsFull = "tickets_full"
    case httpVersion = "http_version"
    case storageFull = "storage_full"

    var status: HTTPResponse.Status {
        switch self {
        case .moved: .permanentRedirect
        case .invalid, .invalidJSON, .invalidQuery, .invalidIdempotencyKey, .invalidIfMatch, .invalidFile,
            .invalidCoding, .tokenTooLong, .badRequest, .badFraming, .badHost, .badTarget, .badHandshake, .needsTLS,
            .invalidCommand:
            .badRequest
        case .tokenMissing, .invalidToken: .unauthorized
        case .roleForbidden, .boardForbidden, .jobForbidden, .notYours, .originForbidden: .forbidden
        case .notFound, .linkUsed: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .requestTimeout: .requestTimeout
        case .conflict: .conflict
        case .versionMismatch: .preconditionFailed
        case .bodyTooLarge, .tooManyValues: .contentTooLarge
        case .mediaType, .contentCoding: .unsupportedMediaType
        case .idempotencyKeyReused: .unprocessableContent
        case .upgradeRequired: .upgradeRequired
        case .rateLimited, .limitReached, .importsRunning, .typingFull, .tooMany: .tooManyRequests
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .internal, .storage: .internalServerError
        case .methodUnknown, .transferCoding: .notImplemented
        case .busy, .closing, .draining, .unavailable, .answersFull, .bodiesFull, .databaseLost, .databaseUnreachable,
            .isolated, .noKeys, .notDurable, .ticketsFull:
            .serviceUnavailable
        case .httpVersion: .httpVersionNotSupported
        case .storageFull: .insufficientStorage
        }
    }

    /// Whether only messages of a WebSocket have it, never an answer.
    var isOfMessages: Bool { self == .invalidCommand || self == .tooMany }
}

extension HTTPResponse.Status {
    static let upgradeRequired = Self(code: 426, reasonPhrase: "Upgrade Required")
    static let insufficientStorage = Self(code: 507, reasonPhrase: "Insufficient Storage")
}
