import StrictJSON
import Yams

/// A YAML file of settings, flat: `limits: {connectionsTotal: 5}` and `limits.connectionsTotal: 5` are the same.
struct SettingsFile {
    /// Texts by dotted name, those of a list with commas between. Empty and null values are left out.
    private(set) var values: [String: String] = [:]
    private(set) var problems: [SettingsProblem] = []
    private let path: String
    private let keys: [SettingKey]

    /// - Parameters:
    ///   - path: of the file, for messages.
    ///   - keys: those that may be set in it.
    init(_ bytes: [UInt8], path: String, keys: [SettingKey] = SettingKey.all) throws(SettingsProblem) {
        self.path = path
        self.keys = keys
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .badFile(path: path, line: nil, problem: "is not UTF-8")
        }
        let root: Node?
        do { root = try Parser(yaml: text).singleRoot() } catch { throw .badYAML(error, path: path) }
        guard let root, !root.isNothing else { return }
        guard let mapping = root.mapping else {
            throw .badFile(path: path, line: root.mark?.line, problem: "must be a mapping of keys to values")
        }
        add(mapping, under: "")
    }

    private mutating func add(_ mapping: Node.Mapping, under section: String) {
        for (name, value) in mapping {
            guard let name = name.string else {
                problems.append(.badFile(path: path, line: value.mark?.line, problem: "a key must be a text"))
                continue
            }
            add(value, named: section + name)
        }
    }

    private mutating func add(_ value: Node, named name: String) {
        let key = keys.first { $0.name == name }
        func refuse(_ problem: String) {
            problems.append(.badFile(path: path, line: value.mark?.line, problem: "\(name) \(problem)"))
        }
        if key == nil, let mapping = value.mapping, !mapping.isEmpty {
            add(mapping, under: name + ".")
        } else if let key {
            if value.isNothing { return }
            if let scalar = value.scalar {
                take(scalar.string, for: name)
            } else if let sequence = value.sequence, key.isList {
                let texts = sequence.map(\.scalar?.string)
                guard texts.allSatisfy({ $0?.contains(",") == false }) else {
                    return refuse("must be a list of single values")
                }
                take(texts.map { $0! }.joined(separator: ","), for: name)
            } else if let mapping = value.mapping, key.isMapping {
                guard let json = mapping.jsonOfTexts else { return refuse("must be a mapping of texts to texts") }
                take(json, for: name)
            } else {
                refuse(key.isList ? "must be a list" : key.isMapping ? "must be a mapping" : "must be a single value")
            }
        } else if !value.isNothing || !keys.contains(where: { $0.name.hasPrefix(name + ".") }) {
            let origin = value.mark.map { "\(path), line \($0.line)" } ?? path
            problems.append(
                SettingKey.named(name) == nil
                    ? .unknownKey(name, origin: origin, nearest: NearestKey.to(name, among: keys).name)
                    : .notOfTenants(key: name, origin: origin))
        }
    }

    /// A key given both nested and dotted is a problem.
    private mutating func take(_ text: String, for name: String) {
        guard values.updateValue(text, forKey: name) == nil else {
            return problems.append(.badFile(path: path, line: nil, problem: "\(name) is given twice"))
        }
    }
}

extension Node {
    /// Whether it is empty, `~`, `null` or `{}`, as when everything in a section is commented out.
    fileprivate var isNothing: Bool { mapping?.isEmpty ?? (scalar != nil && tag == Tag(.null)) }
}

extension Node.Mapping {
    /// A JSON object of texts; nil when there is anything else in it.
    fileprivate var jsonOfTexts: String? {
        let pairs = map { (name: $0.key.scalar?.string, value: $0.value.scalar?.string) }
        guard pairs.allSatisfy({ $0.name != nil && $0.value != nil }) else { return nil }
        var json = JSONWriter()
        json.object { json in
            for pair in pairs {
                json.name(escaping: pair.name ?? "")
                json.string(pair.value ?? "")
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension SettingsProblem {
    /// A problem that gives the place and reason but never quotes the line, which may hold a secret.
    fileprivate static func badYAML(_ error: any Error, path: String) -> SettingsProblem {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            .badFile(path: path, line: mark.line, problem: "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            .badFile(path: path, line: context.mark.line, problem: "given twice: \(names.joined(separator: ", "))")
        default: .badFile(path: path, line: nil, problem: "not YAML")
        }
    }
}
