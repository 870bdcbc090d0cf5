import Foundation
import StrictJSON
import Testing

@testable import Tokens

/// A published key and what was signed with it, from `Tests/Vectors`.
struct Vector {
    let jwk: JSONObject
    let compact: String

    init(_ name: String) throws {
        let file = try #require(JSONParser.parse(Vector.file(name + ".json")).object)
        jwk = try #require(file["jwk"]?.object)
        compact = file["compact"]?.string ?? ""
    }

    static func file(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Vectors")
        return Array(try Data(contentsOf: folder.appending(path: name)))
    }

    /// The key without its private half.
    var publicJWK: JSONObject {
        var jwk = jwk
        for name in ["d", "p", "q", "dp", "dq", "qi"] { jwk[name] = nil }
        return jwk
    }
}

extension JSONObject {
    var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(.object(self))
        return writer.bytes
    }

    func with(_ name: String, _ value: JSONValue?) -> JSONObject {
        var copy = self
        copy[name] = value
        return copy
    }
}
