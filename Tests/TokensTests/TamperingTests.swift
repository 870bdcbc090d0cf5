import Testing

@testable import Tokens

@Suite struct TamperingTests {
    /// Whether `bytes` are refused by a verifier that has seen the good token.
    private func refuses(_ verifier: TokenVerifier, _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { (try? verifier.verify($0, at: Samples.now)) == nil }
    }

    private func prepared(_ algorithm: Algorithm) throws -> (verifier: TokenVerifier, good: [UInt8]) {
        let verifier = try Samples.verifier(cacheCapacity: 10)
        let good = Array(try Samples.token(by: algorithm).utf8)
        try #require(!refuses(verifier, good))
        return (verifier, good)
    }

    @Test(arguments: Algorithm.allCases)
    func `a token with any byte changed is refused`(algorithm: Algorithm) throws {
        let (verifier, good) = try prepared(algorithm)
        for index in good.indices {
            for change: UInt8 in [0x01, 0x02, 0x10, 0x20, 0x80] {
                var bad = good
                bad[index] ^= change
                #expect(refuses(verifier, bad), "byte \(index) xor \(change)")
            }
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `a token with any bit of its decoded parts flipped is refused`(algorithm: Algorithm) throws {
        let (verifier, good) = try prepared(algorithm)
        let parts = try good.split(separator: UInt8(ascii: ".")).map {
            try #require(Base64URL.decode(String(decoding: $0, as: UTF8.self)))
        }
        for part in parts.indices {
            for index in parts[part].indices {
                // Every bit of a curve's or RSA's signature would take long and show no more.
                for bit in part == 2 && parts[2].count > 64 ? [index % 8] : Array(0..<8) {
                    var bad = parts
                    bad[part][index] ^= 1 << bit
                    let token = bad.map { Base64URL.encode($0) }.joined(separator: ".")
                    #expect(refuses(verifier, Array(token.utf8)), "part \(part) byte \(index) bit \(bit)")
                }
            }
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `a token cut short, lengthened or with a byte slipped in is refused`(algorithm: Algorithm) throws {
        let (verifier, good) = try prepared(algorithm)
        for length in good.indices { #expect(refuses(verifier, Array(good[..<length]))) }
        for byte in Array("A=.\n\r\t \0".utf8) {
            for index in good.indices {
                var bad = good
                bad.insert(byte, at: index)
                #expect(refuses(verifier, bad), "\(byte) at \(index)")
            }
            #expect(refuses(verifier, good + [byte]))
        }
    }

    /// RFC 4648 §3.5: of the last letter of a text some bits are not used, and a lenient decoder ignores them.
    @Test(arguments: Algorithm.allCases)
    func `no other spelling of the same bytes is taken`(algorithm: Algorithm) throws {
        let (verifier, good) = try prepared(algorithm)
        let ends = good.indices.filter { $0 == good.count - 1 || good[$0 + 1] == UInt8(ascii: ".") }
        #expect(ends.count == 3)
        for end in ends {
            for letter in Base64URLTests.letters.compactMap(\.asciiValue) where letter != good[end] {
                var bad = good
                bad[end] = letter
                #expect(refuses(verifier, bad))
            }
        }
    }
}
