import Events
import NIOHTTP1

/// The paths that serve streams, looked up by a request's head.
struct StreamEndpoints: Sendable {
    let all: [any StreamEndpoint]

    /// - Parameter all: the most requested one comes first.
    init(_ all: [any StreamEndpoint]) { self.all = all }

    /// A request for a stream.
    struct Match {
        let endpoint: any StreamEndpoint
        let parameter: Substring?

        /// - Throws: ``Problem`` 400 for an invalid query.
        func query(of head: HTTPRequestHead) throws(Problem) -> Query {
            try Query(head.query, allowing: endpoint.names)
        }
    }

    /// Nil when the request is for no stream.
    func match(_ head: HTTPRequestHead) -> Match? {
        guard head.method == .GET else { return nil }
        let path = head.path
        for endpoint in all {
            switch endpoint.path.match(path) {
            case .exact: return Match(endpoint: endpoint, parameter: nil)
            case .with(let parameter): return Match(endpoint: endpoint, parameter: parameter)
            case nil: continue
            }
        }
        return nil
    }
}

extension HTTPRequestHead {
    /// Its target without the query.
    var path: Substring { uri[..<(uri.utf8.firstIndex(of: UInt8(ascii: "?")) ?? uri.endIndex)] }

    /// The query: what follows the first `?` of the target.
    var query: String? {
        uri.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(uri[uri.utf8.index(after: $0)...]) }
    }
}
