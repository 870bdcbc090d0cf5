import Events
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import Tokens

/// PyJWT with pyca/cryptography, an implementation that shares nothing with ours but the RFCs.
@Suite
struct PyJWTOracleTests {
    @Test func `what PyJWT signs, we verify`() throws {
        let cases = try Algorithm.allCases.map { algorithm in
            JSONObject()
                .with("algorithm", .string(algorithm.rawValue))
                .with("jwk", .object(try Samples.vector(for: algorithm).jwk))
                .with("payload", try JSONParser.parse(Samples.payload.utf8))
        }
        let tokens = try PyJWT.run("sign", cases)
        #expect(tokens.count == Algorithm.allCases.count)
        for (algorithm, token) in zip(Algorithm.allCases, tokens) {
            let principal = try Samples.verifier().verify(#require(token.string), at: Samples.now)
            #expect(principal.user.rawValue == "u1", "\(algorithm)")
        }
    }

    @Test func `what we sign, PyJWT verifies, and what was tampered with it refuses as we do`() throws {
        let payload = try JSONParser.parse(Samples.payload.utf8)
        var cases: [JSONObject] = []
        for algorithm in Algorithm.allCases {
            let good = try Samples.token(by: algorithm)
            let bad = good.dropLast(8) + (good.hasSuffix("AAAAAAAA") ? "BBBBBBBA" : "AAAAAAAA")
            for token in [good, String(bad)] {
                cases.append(
                    JSONObject()
                        .with("algorithm", .string(algorithm.rawValue))
                        .with("jwk", .object(try Samples.vector(for: algorithm).publicJWK))
                        .with("token", .string(token)))
            }
        }
        let answers = try PyJWT.run("verify", cases)
        #expect(answers.count == 2 * Algorithm.allCases.count)
        for (algorithm, index) in zip(Algorithm.allCases, stride(from: 0, to: answers.count, by: 2)) {
            #expect(answers[index] == payload, "\(algorithm)")
            #expect(answers[index + 1] == .string("InvalidSignatureError"), "\(algorithm)")
        }
    }
}

/// Runs `Oracles/pyjwt_oracle.py` with `.venv/bin/python` of the package, else what `PYTHON` names, else `python3`.
private enum PyJWT {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    private static let python: String = {
        let own = folder.appending(path: "../../.venv/bin/python").path(percentEncoded: false)
        if FileManager.default.isExecutableFile(atPath: own) { return own }
        return ProcessInfo.processInfo.environment["PYTHON"] ?? "python3"
    }()

    static func run(_ work: String, _ cases: [JSONObject]) throws -> [JSONValue] {
        let script = folder.appending(path: "Oracles/pyjwt_oracle.py").path(percentEncoded: false)
        var input = JSONWriter()
        input.value(.array(cases.map { .object($0) }))
        let (status, output) = try ChildProcess.run(python, [script, work], input: input.bytes)
        try #require(status == 0, "the oracle failed")
        return try #require(JSONParser.parse(output).array)
    }
}
