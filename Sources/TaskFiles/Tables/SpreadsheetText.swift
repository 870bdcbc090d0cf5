/// Keeps spreadsheets from taking a text for a formula (OWASP, CSV Injection), in a way that an import can undo.
///
/// A text that begins with one of `= + - @`, their full-width twins, a tab or a line break, after any number of
/// apostrophes, gets one apostrophe more in a CSV file, and loses one when it is read. Other texts stay as they are.
enum SpreadsheetText {
    static func shielded(_ text: String) -> String { isFormula(text) ? "'" + text : text }

    static func unshielded(_ text: String) -> String {
        text.utf8.first == UInt8(ascii: "'") && isFormula(text)
            ? String(String.UnicodeScalarView(text.unicodeScalars.dropFirst())) : text
    }

    private static func isFormula(_ text: String) -> Bool {
        switch text.unicodeScalars.first(where: { $0 != "'" }) {
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
        default: false
        }
    }
}
