import Events
import StrictJSON

/// The keys of a document, and those in it that can't be used, with the reasons.
public struct KeyList: Sendable {
    /// A key that is not used.
    public struct Skipped: Sendable, Equatable {
        /// Its `kid`, or its place in the document, counted from 1.
        public let name: String
        public let reason: KeyError
    }

    public private(set) var keys: [TokenKey] = []
    public private(set) var skipped: [Skipped] = []

    /// Lists one key.
    public init(_ key: TokenKey) { keys = [key] }

    /// A JWK set (RFC 7517 §5) of at most 1 MiB, or an object of certificates by key id, as Google serves them. Entries
    /// that we cannot use are skipped, as the RFC asks: other key types, keys for encryption, keys that are too small or
    /// broken.
    ///
    /// - Throws: ``KeyError/notJWK`` when it is neither, ``KeyError/noUsableKey`` when it has none for us.
    public init(json: some Sequence<UInt8>) throws(KeyError) {
        guard let object = try? JSONParser.parse(json).object else { throw .notJWK }
        if let entries = object["keys"]?.array {
            for (place, entry) in entries.enumerated() {
                let keyID = entry.object?["kid"]?.string
                add(keyID ?? "\(place + 1)") { () throws(KeyError) in
                    guard let jwk = entry.object else { throw .notJWK }
                    return try TokenKey(jwk: jwk)
                }
            }
        } else {
            guard !object.members.isEmpty else { throw .notJWK }
            for member in object.members {
                guard let text = member.value.string, text.hasPrefix("-----BEGIN CERTIFICATE-----") else {
                    throw .notJWK
                }
                add(member.name) { () throws(KeyError) in
                    try TokenKey(pem: Array(text.utf8)).named(member.name)
                }
            }
        }
        guard !keys.isEmpty else { throw .noUsableKey }
    }

    /// Every private key, public key and certificate of a PEM text (RFC 7468), each key once. A certificate stands for
    /// its key alone.
    ///
    /// - Throws: ``KeyError/notPEM`` when there is none; when none can be used, why the first can't.
    public init(pem text: [UInt8]) throws(KeyError) {
        for (place, block) in Self.blocks(of: text).enumerated() {
            add("\(place + 1)") { () throws(KeyError) in try TokenKey(pem: block) }
        }
        guard !keys.isEmpty else { throw skipped.first?.reason ?? .notPEM }
        // A private key comes before its certificate, so that it can sign.
        keys.sort { $0.canSign && !$1.canSign }
        var seen: Set<SigningKeyID> = []
        keys = keys.filter { seen.insert($0.id).inserted }
    }

    private mutating func add(_ name: String, _ make: () throws(KeyError) -> TokenKey) {
        do { keys.append(try make()) } catch { skipped.append(Skipped(name: name, reason: error)) }
    }

    /// The parts of a PEM text that should hold a key: each from one mark to the next.
    private static func blocks(of text: [UInt8]) -> [[UInt8]] {
        let mark = Array("-----BEGIN ".utf8)
        var starts: [Int] = []
        var rest = text[...]
        while let found = rest.firstRange(of: mark) {
            starts.append(found.lowerBound)
            rest = text[found.upperBound...]
        }
        return zip(starts, starts.dropFirst() + [text.count]).map { Array(text[$0..<$1]) }.filter { block in
            let label = block.dropFirst(mark.count).prefix { $0 != UInt8(ascii: "-") }
            return ["PRIVATE KEY", "PUBLIC KEY", "CERTIFICATE"].contains { label.ends(with: $0) }
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
