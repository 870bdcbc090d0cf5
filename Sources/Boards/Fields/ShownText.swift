extension FieldReader {
    /// A name: text as ``text(_:_:)``, in which there is something to see.
    mutating func shownText(_ name: String, _ length: ClosedRange<Int>) -> String? {
        guard let text = text(name, length) else { return nil }
        guard Self.isShown(text) else {
            refuse(name, "must show something, not blanks alone")
            return nil
        }
        return text
    }

    /// Whether anything of `text` can be seen: it has a scalar that is no blank, no control and not invisible.
    static func isShown(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            if scalar.isASCII { return 0x21...0x7E ~= scalar.value }
            // The Braille pattern without a dot is the only blank that Unicode counts among the symbols.
            if scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}" {
                return false
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: return false
            default: return true
            }
        }
    }
}
