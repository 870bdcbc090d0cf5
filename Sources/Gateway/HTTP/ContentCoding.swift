import HTTPTypes

/// A coding that a request's body may come in (RFC 9110 §8.4.1).
enum ContentCoding: String {
    /// RFC 1952.
    case gzip
    /// zlib's format (RFC 1950), whatever its name says.
    case deflate

    /// Nil for a body that comes as it is.
    ///
    /// - Throws: ``Problem`` 415 for any other coding, and for more than one.
    init?(of headers: HTTPFields) throws(Problem) {
        guard let name = headers[.contentEncoding]?.lowercased(), name != "identity", !name.isEmpty else { return nil }
        guard let coding = ContentCoding(rawValue: name == "x-gzip" ? "gzip" : name) else {
            throw Problem(
                .contentCoding,
                "Send the body without Content-Encoding, or with gzip or deflate."
            ).with(.acceptEncoding, "gzip, deflate")
        }
        self = coding
    }
}

extension Problem {
    static let badCoding = Problem(
        .invalidCoding, "The body is not whole, or is not coded as Content-Encoding says.")
}
