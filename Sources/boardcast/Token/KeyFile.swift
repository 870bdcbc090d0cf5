import Client
import ServerSettings
import StrictJSON
import Tokens

/// A key in a file of its own: a JWK, a JWK set, PEM, or else the bytes of a secret.
struct KeyFile: Sendable {
    let keys: [TokenKey]

    /// - Throws: ``Failure`` of usage, which names the file and the fault, and quotes nothing.
    init(_ path: String) throws(Failure) {
        let bytes: [UInt8]
        do { bytes = try SmallFile.read(path) } catch { throw Failure(.usage, "\(error)") }
        do { keys = try Self.keys(bytes) } catch { throw Failure(.usage, "\(path): \(error)") }
    }

    static func keys(_ bytes: [UInt8]) throws(KeyError) -> [TokenKey] {
        if let object = try? JSONParser.parse(bytes).object {
            return object["kty"] == nil ? try KeyList(json: bytes).keys : [try TokenKey(jwk: bytes)]
        }
        if bytes.firstRange(of: "-----BEGIN ".utf8) != nil { return try KeyList(pem: bytes).keys }
        return [try .secret(inFile: bytes)]
    }

    /// The key to sign with: the one with this id, when an id is given and the file has it, else the first that can
    /// sign.
    ///
    /// - Throws: ``Failure`` of usage.
    func signer(keyID: String?) throws(Failure) -> TokenKey {
        let able = keys.filter(\.canSign)
        guard let key = able.first(where: { $0.keyID == keyID }) ?? able.first else {
            throw Failure(.usage, "\(KeyError.noPrivateKey)")
        }
        return key
    }

    /// The same for a file that must hold JSON.
    ///
    /// - Throws: ``Failure`` of usage.
    init(jwk path: String) throws(Failure) {
        let bytes: [UInt8]
        do { bytes = try SmallFile.read(path) } catch { throw Failure(.usage, "\(error)") }
        guard (try? JSONParser.parse(bytes).object) != nil else { throw Failure(.usage, "\(path): \(KeyError.notJWK)") }
        do { keys = try Self.keys(bytes) } catch { throw Failure(.usage, "\(path): \(error)") }
    }
}
