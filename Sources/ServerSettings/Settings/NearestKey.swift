import Text

/// Finds the known key that a mistyped name most likely means: a typing error, or the right name in the wrong section.
enum NearestKey {
    /// The known key that is nearest to `name`, a dotted name or an environment variable's without prefix.
    static func to(_ name: String, among keys: [SettingKey] = SettingKey.all) -> SettingKey {
        let wanted = Spelling(name)
        return keys.min { wanted.distance(to: Spelling($0.name)) < wanted.distance(to: Spelling($1.name)) }!
    }

    /// A name normalised for comparison: without capitals, dashes, underscores and the dot after the section.
    private struct Spelling {
        let whole: [UInt8]
        let lastPart: [UInt8]

        init(_ name: String) {
            whole = Self.letters(name[...])
            let separator = name.firstIndex(of: ".") ?? name.firstIndex(of: "_")
            lastPart = separator.map { Self.letters(name[name.index(after: $0)...]) } ?? whole
        }

        private static func letters(_ text: Substring) -> [UInt8] {
            text.lowercased().utf8.filter(\.isASCIIAlphanumeric)
        }

        /// A wrong or missing section costs 1, and then each slip weighs double.
        func distance(to key: Spelling) -> Int {
            min(
                editDistance(whole, key.whole), 1 + 2 * editDistance(lastPart, key.lastPart),
                1 + 2 * editDistance(whole, key.lastPart))
        }
    }
}

/// How many bytes have to be put in, left out, replaced or swapped with their neighbour (optimal string alignment).
func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for i in 1...left.count {
        var row = [i]
        for j in 1...right.count {
            var distance = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1))
            if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                distance = min(distance, beforeLast[j - 2] + 1)
            }
            row.append(distance)
        }
        (beforeLast, last) = (last, row)
    }
    return last[right.count]
}
