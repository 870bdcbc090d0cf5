import HTTPTypes
import Text

/// The first file of a form, as browsers and `curl -F` send it (RFC 7578).
struct FormFile {
    let bytes: SharedBytes

    /// Bytes that a form may have around its file.
    static let around = 16 << 10
    /// Fields that are looked at before the file, and bytes of a part's head.
    static let mostParts = 32
    static let longestHead = 8 << 10

    /// - Throws: ``Problem`` 400 when the body is no such form, or has no file.
    init(in body: SharedBytes, type: String) throws(Problem) {
        guard let boundary = Self.boundary(of: type) else { throw Self.problem("its Content-Type has no boundary") }
        let found = body.withBuffer { Self.find(Array("--\(boundary)".utf8), in: $0) }
        bytes = body.part(try found.get())
    }

    /// Whether a body of this type is a form.
    static func isForm(_ type: String?) -> Bool {
        type?.prefix { $0 != ";" }.trimmed.lowercased() == "multipart/form-data"
    }

    /// RFC 2046 §5.1.1: 1 to 70 characters.
    private static func boundary(of type: String) -> String? {
        for parameter in type.split(separator: ";").dropFirst() {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmed.lowercased() == "boundary" else { continue }
            var value = parts[1].trimmed
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
            return 1...70 ~= value.utf8.count && value.utf8.allSatisfy { 0x20..<0x7F ~= $0 } ? String(value) : nil
        }
        return nil
    }

    private static func find(
        _ mark: [UInt8], in bytes: UnsafeBufferPointer<UInt8>
    ) -> Result<Range<Int>, Problem> {
        // What comes before the first part says nothing; browsers send nothing.
        guard var start = next(mark, in: bytes, from: 0, until: longestHead + mark.count) else {
            return .failure(problem("it does not begin with its boundary"))
        }
        for _ in 0..<mostParts {
            start += mark.count
            if bytes[start...].starts(with: "--".utf8) { return .failure(problem("no part of it is a file")) }
            guard let head = head(of: bytes, from: start) else {
                return .failure(problem("the head of a part has no end, or is too long"))
            }
            guard let end = next([0x0D, 0x0A] + mark, in: bytes, from: head.end, until: bytes.count) else {
                return .failure(problem("it ends before its last boundary"))
            }
            if head.isFile {
                guard head.isPlain else { return .failure(problem("the file has a transfer encoding")) }
                return .success(head.end..<end)
            }
            start = end + 2
        }
        return .failure(problem("it has more than \(mostParts) fields before the file"))
    }

    /// A part's head begins after its boundary and ends with an empty line.
    private static func head(
        of bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> (end: Int, isFile: Bool, isPlain: Bool)? {
        guard let end = next(Array("\r\n\r\n".utf8), in: bytes, from: start, until: start + longestHead) else {
            return nil
        }
        let lines = String(decoding: bytes[start..<end], as: UTF8.self).split(separator: "\r\n")
        func value(of name: String) -> Substring? {
            lines.first { $0.lowercased().hasPrefix(name) }.map { $0.dropFirst(name.count) }
        }
        let disposition = value(of: "content-disposition:")?.lowercased() ?? ""
        let encoding = value(of: "content-transfer-encoding:")?.trimmed.lowercased() ?? "binary"
        return (
            end + 4, disposition.contains("filename=") || disposition.contains("filename*="),
            ["binary", "8bit", "7bit"].contains(encoding)
        )
    }

    /// Where `mark` begins, at `start` or after it and before `limit`.
    private static func next(
        _ mark: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, from start: Int, until limit: Int
    ) -> Int? {
        var index = start
        let last = min(limit, bytes.count - mark.count + 1)
        while index < last {
            if bytes[index] == mark[0], bytes[index...].starts(with: mark) { return index }
            index += 1
        }
        return nil
    }

    private static func problem(_ reason: String) -> Problem {
        Problem(.badRequest, "invalid_file", "This form can't be read: \(reason).")
    }
}
