/// The kanban page and the JavaScript client: their files lie in `Assets`, and in the binary.
public enum WebClient {
    public struct File: Sendable {
        /// `/` or `/assets/board.js`.
        public let path: String
        public let mediaType: String
        public let bytes: [UInt8]
    }

    public static let files = [
        File(path: "/", mediaType: "text/html; charset=utf-8", bytes: PackageResources.index_html),
        File(path: "/assets/board.css", mediaType: "text/css; charset=utf-8", bytes: PackageResources.board_css),
        File(path: "/assets/favicon.svg", mediaType: "image/svg+xml", bytes: PackageResources.favicon_svg),
        script("api.js", PackageResources.api_js),
        script("board.js", PackageResources.board_js),
        script("card.js", PackageResources.card_js),
        script("motion.js", PackageResources.motion_js),
        script("stream.js", PackageResources.stream_js),
        script("view.js", PackageResources.view_js),
        script("boardcast.js", PackageResources.boardcast_js, in: "sdk"),
        File(
            path: "/sdk/boardcast.d.ts", mediaType: "text/plain; charset=utf-8", bytes: PackageResources.boardcast_d_ts),
    ]

    private static func script(_ name: String, _ bytes: [UInt8], in folder: String = "assets") -> File {
        File(path: "/\(folder)/\(name)", mediaType: "text/javascript; charset=utf-8", bytes: bytes)
    }
}
