import HTTPTypes

/// The codes of refusals by their status, for the API's description.
struct ProblemCodes: Sendable {
    let status: HTTPResponse.Status
    let codes: [String]

    init(_ status: HTTPResponse.Status, _ codes: String...) { (self.status, self.codes) = (status, codes) }

    /// Those of refusals that the description lists, by rising status.
    static let all = [
        ProblemCodes(
            .badRequest, "invalid", "invalid_json", "invalid_query", "invalid_idempotency_key", "invalid_if_match",
            "invalid_file", "invalid_coding", "token_too_long", "bad_request", "bad_framing", "bad_host", "bad_target",
            "bad_handshake"),
        ProblemCodes(.unauthorized, "token_missing", "invalid_token"),
        ProblemCodes(
            .forbidden, "role_forbidden", "board_forbidden", "job_forbidden", "not_yours", "origin_forbidden"),
        ProblemCodes(.notFound, "not_found", "link_used"),
        ProblemCodes(.conflict, "conflict"),
        ProblemCodes(.preconditionFailed, "version_mismatch"),
        ProblemCodes(.contentTooLarge, "body_too_large", "too_many_values"),
        ProblemCodes(.unsupportedMediaType, "media_type", "content_coding"),
        ProblemCodes(.unprocessableContent, "idempotency_key_reused"),
        ProblemCodes(.tooManyRequests, "rate_limited", "limit_reached", "imports_running", "typing_full"),
        ProblemCodes(.internalServerError, "internal", "storage"),
        ProblemCodes(
            .serviceUnavailable, "busy", "closing", "draining", "unavailable", "answers_full", "bodies_full",
            "database_lost", "no_keys", "not_durable", "tickets_full"),
        ProblemCodes(.insufficientStorage, "storage_full"),
    ]
}
