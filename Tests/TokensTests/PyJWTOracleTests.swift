import Events
import Foundation
import StrictJSON
import Synchronization
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
        let (status, output) = try start([script, work], input: input.bytes)
        try #require(status == 0, "the oracle failed")
        return try #require(JSONParser.parse(output).array)
    }

    /// One process at a time: Foundation has crashed where several were started at once.
    private static let turn = Mutex(())

    private static func start(_ arguments: [String], input: [UInt8]) throws -> (status: Int32, output: [UInt8]) {
        try turn.withLock { _ in try startAlone(arguments, input: input) }
    }

    private static func startAlone(_ arguments: [String], input: [UInt8]) throws -> (status: Int32, output: [UInt8]) {
        let process = Process()
        let (stdin, stdout) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python] + arguments
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: input)
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, Array(output))
    }
}
