import Text

/// A kind of file that has no text, or no table in it; known by how it begins.
public enum FileKind: Sendable, Equatable, CustomStringConvertible {
    case zip, gzip, oldExcel, pdf, markup

    /// Nil for what may be a table or JSON.
    init?(of bytes: SharedBytes) {
        let start = bytes.prefix(512).drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        if start.starts(with: "PK\u{3}\u{4}".utf8) {
            self = .zip
        } else if start.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if start.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            self = .oldExcel
        } else if start.starts(with: "%PDF-".utf8) {
            self = .pdf
        } else if ["<!", "<?", "<html", "<HTML"].contains(where: { start.starts(with: $0.utf8) }) {
            self = .markup
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .zip: "it is a ZIP file or an Excel workbook: unpack it, or save it as CSV"
        case .gzip: "it is compressed: unpack it"
        case .oldExcel: "it is an Excel workbook: save it as CSV"
        case .pdf: "it is a PDF: export the board as CSV or JSON"
        case .markup: "it is HTML or XML: export the board as CSV or JSON"
        }
    }
}
