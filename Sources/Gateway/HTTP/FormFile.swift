import HTTPTypes
import StrictJSON
import Text

/// A form with one file, as browsers and `curl -F` send it (RFC 7578), and its fields that are no files.
struct FormFile {
    /// The file.
    let bytes: SharedBytes
    /// As the file's part names it.
    let charset: String?
    private let fields: [(name: String, value: String)]

    /// Bytes that a form may have around its file.
    static let around = 16 << 10
    static let mostParts = 32
    /// Bytes of a part's head.
    static let longestHead = 8 << 10

    /// - Throws: ``Problem`` 400 when the body is no such form, or has no file, or more than one.
    init(in body: SharedBytes, type: String) throws(Problem) {
        guard let boundary = Self.boundary(of: type) else { throw Self.problem("its Content-Type has no boundary") }
        let mark = Array("--\(boundary)".utf8)
        let parts = try body.withBuffer { bytes throws(Problem) in try Self.parts(mark, in: bytes) }
        var file: Part?
        var fields: [(name: String, value: String)] = []
        for part in parts {
            if part.isFile {
                // A choice of a file that nobody has made.
                if part.bytes.isEmpty, part.fileName?.isEmpty == true { continue }
                guard file == nil else { throw Self.problem("it has more than one file; send each by itself") }
                guard part.isPlain else { throw Self.problem("the file has a transfer encoding") }
                file = part
            } else if let name = part.name, part.bytes.count <= Self.around {
                fields.append((name, String(decoding: body.part(part.bytes), as: UTF8.self)))
            }
        }
        guard let file else { throw Self.problem("no part of it is a file") }
        bytes = body.part(file.bytes)
        charset = file.type.flatMap { MediaType($0)["charset"] }
        self.fields = fields
    }

    /// A field that a call takes from its query, too.
    ///
    /// - Parameter query: the value that the query has.
    /// - Throws: ``Problem`` 400 when it is there with another value, there or in the form.
    func field(_ name: String, besides query: String?) throws(Problem) -> String? {
        var found = query
        for field in fields where field.name == name {
            guard found?.hasSameBytes(as: field.value) != false else {
                throw .badQuery(name, "given twice, with different values, in the form or in the query")
            }
            found = field.value
        }
        return found
    }

    /// Whether a body of this type is a form.
    static func isForm(_ type: String?) -> Bool {
        type?.prefix { $0 != ";" }.trimmed.lowercased() == "multipart/form-data"
    }

    /// RFC 2046 §5.1.1: 1 to 70 characters.
    private static func boundary(of type: String) -> String? {
        guard let value = MediaType(type)["boundary"] else { return nil }
        return 1...70 ~= value.utf8.count && value.utf8.allSatisfy { 0x20..<0x7F ~= $0 } ? value : nil
    }

    private struct Part {
        var name: String?
        var fileName: String?
        var isFile = false
        var type: String?
        /// Whether its bytes are as they are.
        var isPlain = true
        var bytes = 0..<0
    }

    private static func parts(
        _ mark: [UInt8], in bytes: UnsafeBufferPointer<UInt8>
    ) throws(Problem) -> [Part] {
        // What comes before the first part says nothing; browsers send nothing.
        guard var start = next(mark, in: bytes, from: 0, until: longestHead + mark.count) else {
            throw problem("it does not begin with its boundary")
        }
        var parts: [Part] = []
        while true {
            start += mark.count
            if bytes[start...].starts(with: "--".utf8) { return parts }
            guard parts.count < mostParts else { throw problem("it has more than \(mostParts) fields") }
            guard let end = next(Array("\r\n\r\n".utf8), in: bytes, from: start, until: start + longestHead) else {
                throw problem("the head of a part has no end, or is too long")
            }
            var part = head(String(decoding: bytes[start..<end], as: UTF8.self))
            guard let last = next([0x0D, 0x0A] + mark, in: bytes, from: end + 4, until: bytes.count) else {
                throw problem("it ends before its last boundary")
            }
            part.bytes = end + 4..<last
            parts.append(part)
            start = last + 2
        }
    }

    /// A part's head begins after its boundary and ends with an empty line.
    private static func head(_ text: String) -> Part {
        var part = Part()
        for line in text.split(separator: "\r\n") {
            let halves = line.split(separator: ":", maxSplits: 1)
            guard halves.count == 2 else { continue }
            let value = String(halves[1].trimmed)
            switch halves[0].trimmed.lowercased() {
            case "content-disposition":
                let disposition = MediaType(value)
                part.name = disposition["name"]
                part.fileName = disposition["filename"] ?? disposition["filename*"]
                part.isFile = part.fileName != nil
            case "content-type": part.type = value
            case "content-transfer-encoding": part.isPlain = ["binary", "8bit", "7bit"].contains(value.lowercased())
            default: break
            }
        }
        return part
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
        Problem(.invalidFile, "This form can't be read: \(reason).")
    }
}
