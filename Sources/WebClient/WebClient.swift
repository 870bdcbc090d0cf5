import CWebAssets

/// The kanban page, the admin page, the API's reference and the JavaScript client: their files are in `Assets`, and
/// `CWebAssets` embeds them in the binary.
public enum WebClient {
    public struct File: Sendable {
        /// `/` or `/assets/board/board.js`.
        public let path: String
        public let mediaType: String
        public let bytes: [UInt8]
        /// Whether our own pages may show it in a frame.
        public var isFramed: Bool { path == "/signed-in" }

        /// Whether its path has a version, with which it changes.
        public let isForever: Bool

        fileprivate init(_ path: String, _ bytes: [UInt8], as given: String? = nil, isForever: Bool = false) {
            self.path = path
            self.bytes = bytes
            self.isForever = isForever
            // Any other name is one of the pages.
            let kinds = [".js": "text/javascript", ".css": "text/css", ".ts": "text/plain", ".svg": "image/svg+xml"]
            let kind = given ?? kinds.first { path.hasSuffix($0.key) }?.value ?? "text/html"
            mediaType = kind.hasPrefix("text/") ? kind + "; charset=utf-8" : kind
        }
    }

    /// The JavaScript client under a version of its own: `/sdk/0.1.0/boardcast.js`.
    public static func files(ofVersion version: String) -> [File] {
        files.filter { $0.path.hasPrefix("/sdk/") }.map {
            File("/sdk/\(version)/" + $0.path.dropFirst(5), $0.bytes, isForever: true)
        }
    }

    public static let files = embedded.flatMap { name, bytes in
        if let page = pages[name] { return [File(page, bytes)] }
        if name.hasPrefix("sdk/") { return [File("/" + name, bytes)] }
        let file = File("/assets/" + name, bytes)
        // Browsers ask for it where a page names no icon, as for a file of the API.
        return name == icon ? [file, File("/favicon.ico", bytes, as: "image/svg+xml")] : [file]
    }

    /// Where people find the pages, by their paths in `Assets`.
    private static let pages = [
        "board/index.html": "/", "admin/admin.html": "/admin", "docs/docs.html": "/docs",
        "shared/signed-in.html": "/signed-in",
    ]
    private static let icon = "shared/favicon.svg"

    private static var embedded: [(name: String, bytes: [UInt8])] {
        UnsafeBufferPointer(start: web_assets(), count: web_assets_count()).map {
            (String(cString: $0.path), Array(String(cString: $0.text).utf8))
        }
    }
}
