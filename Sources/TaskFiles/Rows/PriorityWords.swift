import Boards
import Text

/// Finds the priority that a file means: `Highest`, `Blocker` and `P0` are urgent.
enum PriorityWords {
    /// Nil for a word that none of the usual tools has.
    ///
    /// - Parameter isOneHighest: whether the file counts from 1, the highest, to 4.
    static func priority(_ text: String, isOneHighest: Bool = false) -> Priority? {
        guard text.utf8.count <= 100 else { return nil }
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(8).map(String.init)
        if isOneHighest, words.count == 1, let priority = numbers[words[0]] { return priority }
        if let priority = known[words.joined()] { return priority }
        // `1 - High`, `P1: Critical`: the word counts.
        let named = words.filter { !isNumber($0) }
        return named.count == 1 ? known[named[0]] : nil
    }

    private static func isNumber(_ word: String) -> Bool {
        (word.hasPrefix("p") ? word.dropFirst() : word[...]).utf8.allSatisfy(\.isASCIIDigit)
    }

    private static let numbers: [String: Priority] = ["1": .urgent, "2": .high, "3": .medium, "4": .low]

    private static let known: [String: Priority] = {
        let words: [(Priority, String)] = [
            (.urgent, "urgent highest critical blocker immediate veryhigh showstopper p0"),
            (.high, "high higher major important p1"),
            (.medium, "medium normal moderate default middle mid p2"),
            (.low, "low lower lowest minor trivial verylow p3 p4"),
        ]
        var known: [String: Priority] = [:]
        for (priority, names) in words {
            for name in names.split(separator: " ") { known[String(name)] = priority }
        }
        return known
    }()
}
