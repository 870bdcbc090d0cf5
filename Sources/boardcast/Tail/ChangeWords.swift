import StrictJSON
import Text

/// The `changes` of an event (`{field: [old, new]}`) as words for people: `priority low → high, description`.
///
/// Values that are long, or mean nothing to people, are left out.
struct ChangeWords: Sendable {
    let text: String

    init(_ changes: JSONObject) {
        text = changes.members.map { Self.words($0.name, $0.value.array ?? []) }.joined(separator: ", ")
    }

    private static let longest = 40

    private static func words(_ name: String, _ values: [JSONValue]) -> String {
        if name == "rank" { return "moved" }
        let texts = values.compactMap(text)
        guard values.count == 2, texts.count == 2, texts.allSatisfy({ $0.count <= longest }) else {
            return name.printable
        }
        return "\(name.printable) \(texts[0]) → \(texts[1])"
    }

    /// Nil for what can't be said in a few words.
    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .null: "none"
        case .string(let text): text.isEmpty ? "none" : text.contains(" ") ? "“\(text.printable)”" : text.printable
        case .number(let number): number.text
        case .bool(let flag): "\(flag)"
        case .array(let list):
            list.isEmpty ? "none" : list.compactMap { $0.string?.printable }.joined(separator: "+")
        case .object: nil
        }
    }
}
