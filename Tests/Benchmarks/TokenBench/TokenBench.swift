import Events
import Foundation
import JWTKit
import Tokens

/// Verifications of each algorithm in a second of processor time, ours without its cache and with it, beside jwt-kit's.
///
/// `swift run -c release TokenBench [ROUNDS]`. The three take turns within each round; the medians are printed.
@main
enum TokenBench {
    static func main() async throws {
        let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 7
        print("algorithm    | ours /s | µs each | jwt-kit /s | µs each | ratio | ours, cached /s")
        print("-------------|---------|---------|------------|---------|-------|----------------")
        try await Contest(.hs256, naming: nil).run(rounds: rounds)
        for algorithm in Tokens.Algorithm.allCases {
            try await Contest(algorithm, naming: "bench").run(rounds: rounds)
        }
    }
}

/// One algorithm, one token: with a key id and boards or, as most tokens of HS256 are, without.
struct Contest {
    private let name: String
    private let token: String
    private let uncached: TokenVerifier
    private let cached: TokenVerifier
    private let jwtKit: JWTKeyCollection
    private let now: Timestamp

    init(_ algorithm: Tokens.Algorithm, naming keyID: String?) async throws {
        let jwk = try BenchKeys.jwk(for: algorithm, keyID: keyID)
        let key = try TokenKey(jwk: jwk)
        now = .now()
        let seconds = now.milliseconds / 1000
        let boards = keyID == nil ? "" : #""boards":["main","ops"],"#
        let payload =
            #"{"sub":"user-1234","tenant":"acme","role":"member",\#(boards)"jti":"b1946ac92492d234","#
            + #""iat":\#(seconds),"nbf":\#(seconds),"exp":\#(seconds + 3600)}"#
        name = algorithm.rawValue + (keyID == nil ? ", plain" : "")
        token = try TokenSigner(key: key, algorithm: algorithm).sign(Array(payload.utf8))
        uncached = TokenVerifier(keys: KeySet([key]), cacheCapacity: 0)
        cached = TokenVerifier(keys: KeySet([key]))
        jwtKit = JWTKeyCollection()
        try await BenchKeys.add(algorithm, jwk: jwk, to: jwtKit)
    }

    func run(rounds: Int) async throws {
        var ours: [Double] = []
        var theirs: [Double] = []
        var remembered: [Double] = []
        for _ in 0..<rounds {
            ours.append(try await rate { _ = try uncached.verify(token, at: now) })
            theirs.append(try await rate { _ = try await jwtKit.verify(token, as: BenchPayload.self) })
            remembered.append(try await rate { _ = try cached.verify(token, at: now) })
        }
        let (mine, other) = (median(ours), median(theirs))
        print(
            pad(name, -12), pad("\(Int(mine))", 7), pad(String(format: "%.2f", 1e6 / mine), 7),
            pad("\(Int(other))", 10), pad(String(format: "%.2f", 1e6 / other), 7),
            pad(String(format: "%.1f", mine / other), 5), pad("\(Int(median(remembered)))", 15), separator: " | ")
    }

    /// Calls a second, over some 100 ms. Processor time, since others may be at work on the machine.
    private func rate(_ body: () async throws -> Void) async throws -> Double {
        var calls = 0.0
        let start = clock()
        while clock() - start < CLOCKS_PER_SEC / 10 {
            for _ in 0..<200 { try await body() }
            calls += 200
        }
        return calls / (Double(clock() - start) / Double(CLOCKS_PER_SEC))
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private func pad(_ text: String, _ width: Int) -> String {
        let gap = String(repeating: " ", count: max(0, abs(width) - text.count))
        return width < 0 ? text + gap : gap + text
    }
}

/// The claims that jwt-kit reads, as ours are read.
struct BenchPayload: JWTPayload {
    var sub: SubjectClaim
    var tenant: String
    var role: String
    var boards: [String]?
    var jti: IDClaim
    var iat: IssuedAtClaim
    var nbf: NotBeforeClaim
    var exp: ExpirationClaim

    func verify(using algorithm: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
        try nbf.verifyNotBefore()
    }
}
