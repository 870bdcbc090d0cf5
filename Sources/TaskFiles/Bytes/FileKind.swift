import Text

/// A kind of file that has no text, or no table in it; known by how it begins.
public enum FileKind: Sendable, Equatable, CustomStringConvertible {
    case zip, excel, openDocument, numbers, gzip, oldExcel, pdf, picture, markup

    /// Nil for what may be a table or JSON.
    init?(of bytes: SharedBytes) {
        let start = bytes.prefix(512).drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        if start.starts(with: "PK\u{3}\u{4}".utf8) || start.starts(with: "PK\u{5}\u{6}".utf8) {
            self = Self.archive(beginningWith: Array(start.dropFirst(30)))
        } else if start.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if start.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            self = .oldExcel
        } else if start.starts(with: "%PDF-".utf8) {
            self = .pdf
        } else if Self.pictures.contains(where: { start.starts(with: $0) }) || Self.isWebP(start) {
            self = .picture
        } else if ["<!", "<?", "<html", "<HTML"].contains(where: { start.starts(with: $0.utf8) }) {
            self = .markup
        } else {
            return nil
        }
    }

    /// How PNG, JPEG and GIF begin.
    private static let pictures: [[UInt8]] = [
        [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], Array("GIF87a".utf8), Array("GIF89a".utf8),
    ]

    private static func isWebP(_ start: some Sequence<UInt8>) -> Bool {
        let bytes = Array(start.prefix(12))
        return bytes.starts(with: "RIFF".utf8) && bytes.dropFirst(8).elementsEqual("WEBP".utf8)
    }

    /// Told by the name of the first file in it (APPNOTE.TXT §4.3.7), and that file's text.
    private static func archive(beginningWith bytes: [UInt8]) -> FileKind {
        func begins(_ names: String...) -> Bool { names.contains { bytes.starts(with: $0.utf8) } }
        if begins("[Content_Types].xml", "_rels/", "docProps/", "xl/") { return .excel }
        if begins("mimetypeapplication/vnd.oasis.opendocument.") { return .openDocument }
        if begins("Index/", "Index.zip", "Metadata/", "preview") { return .numbers }
        return .zip
    }

    public var description: String {
        switch self {
        case .zip: "it is a ZIP file: unpack it, and send the CSV or JSON file that is in it"
        case .excel, .oldExcel: "it is an Excel workbook: save it as “CSV UTF-8” there, and send that"
        case .openDocument: "it is an OpenDocument table: save it as “Text CSV” with UTF-8 there, and send that"
        case .numbers: "it is a document of Numbers: export it as CSV with UTF-8 there, and send that"
        case .gzip: "it is compressed: unpack it, or send it with Content-Encoding: gzip"
        case .pdf: "it is a PDF: export the board as CSV or JSON"
        case .picture: "it is a picture: export the board as CSV or JSON"
        case .markup: "it is HTML or XML: export the board as CSV or JSON"
        }
    }
}
