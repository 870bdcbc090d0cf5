import Foundation
import StrictJSON
import Testing

@testable import Gateway

/// ``ProblemCode``, from which the API's description has the codes of refusals.
@Suite struct ProblemCodeTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/Gateway").standardizedFileURL

    /// That no refusal has another code is the compiler's to say.
    @Test func `every code is one that something is refused with`() throws {
        let files = try #require(FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
        var used: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            used.formUnion(text.matches(of: /(?:Problem|self\.init)\(\s*\.(\w+),/).map { String($0.1) })
        }
        #expect(ProblemCode.allCases.map { "\($0)" }.filter { !used.contains($0) } == [])
    }

    @Test func `the description lists every code of the statuses that calls are refused with`() throws {
        let responses = try #require(Description.v31.document["components"]?.object?["responses"]?.object)
        let said = responses.members.compactMap { $0.value.object?["description"]?.string }.joined(separator: " ")
        let statuses = Set(EveryCall.list.all.flatMap(\.statuses))
        for code in ProblemCode.allCases where statuses.contains(code.status) {
            #expect(said.contains("`\(code.rawValue)`") == !code.isOfMessages, "\(code)")
        }
        #expect(responses.members.count == statuses.count)
    }
}
