import Foundation

/// A constant of the sources whose name says that it is a bound: `static let most…`, `longest…`, `largest…`, `max…`.
struct BoundConstant {
    /// With the types that it is in: `RequestPace.longestHead`.
    let name: String
    let place: String

    static func all(inFolder folder: URL) throws -> [BoundConstant] {
        guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [] }
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.flatMap { file in
            all(in: try String(contentsOf: file, encoding: .utf8), of: file.lastPathComponent)
        }
    }

    /// The indentation says which types a line is in.
    static func all(in source: String, of file: String) -> [BoundConstant] {
        let type = /^( *)(?:@?\w+ )*(?:struct|class|enum|actor|extension|protocol) ([\w.]+)/
        let bound = /^( *)(?:\w+ )*static let ((?:most|longest|largest|max)(?:[A-Z]\w*)?)\b/
        var types: [(indentation: Int, name: Substring)] = []
        var found: [BoundConstant] = []
        for (index, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let match = line.firstMatch(of: type) {
                types.removeAll { $0.indentation >= match.1.count }
                types.append((match.1.count, match.2))
            } else if let match = line.firstMatch(of: bound) {
                let outer = types.filter { $0.indentation < match.1.count }.map(\.name)
                found.append(
                    BoundConstant(
                        name: (outer + [match.2]).joined(separator: "."), place: "\(file):\(index + 1)"))
            }
        }
        return found
    }

    /// Whether `source` names it.
    func isNamed(in source: String) -> Bool {
        var rest = source[...]
        while let range = rest.range(of: name) {
            let before = source[..<range.lowerBound].last
            let after = source[range.upperBound...].first
            if before.map({ !$0.isPartOfName && $0 != "." }) ?? true, after.map({ !$0.isPartOfName }) ?? true {
                return true
            }
            rest = rest[range.upperBound...]
        }
        return false
    }
}

extension Character {
    fileprivate var isPartOfName: Bool { isLetter || isNumber || self == "_" }
}
