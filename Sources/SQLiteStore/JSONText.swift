import StrictJSON

/// An array of strings as one column.
enum JSONText {
    static func write(_ strings: [String]) -> String {
        if strings.isEmpty { return "[]" }
        var json = JSONWriter(reserving: 64)
        json.array(strings) { $0.string($1) }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    static func read(_ text: String) -> [String]? {
        if text == "[]" { return [] }
        guard let elements = try? JSONParser.parse(text.utf8).array else { return nil }
        let strings = elements.compactMap(\.string)
        return strings.count == elements.count ? strings : nil
    }
}
