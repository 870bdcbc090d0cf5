extension String {
    /// The same in one line, without anything that a terminal would obey, since a task may have any name.
    public var printable: String {
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .lineSeparator, .paragraphSeparator: text.append(" ")
            case .control: text.append(scalar == "\n" || scalar == "\t" || scalar == "\r" ? " " : "\u{FFFD}")
            case .format where scalar != "\u{200D}" && scalar != "\u{200C}": text.append("\u{FFFD}")
            default: text.append(scalar)
            }
        }
        return String(text)
    }

    /// With spaces after it up to `width` characters; one that is longer stays as it is.
    public func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    /// With spaces before it up to `width` characters; one that is longer stays as it is.
    public func paddedLeft(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
