/// The kanban page, the admin page and the JavaScript client: their files lie in `Assets`, and in the binary.
public enum WebClient {
    public struct File: Sendable {
        /// `/` or `/assets/board.js`.
        public let path: String
        public let mediaType: String
        public let bytes: [UInt8]
    }

    public static let files = [
        File(path: "/", mediaType: "text/html; charset=utf-8", bytes: PackageResources.index_html),
        File(path: "/admin", mediaType: "text/html; charset=utf-8", bytes: PackageResources.admin_html),
        style("admin.css", PackageResources.admin_css),
        style("theme.css", PackageResources.theme_css),
        style("base.css", PackageResources.base_css),
        style("board.css", PackageResources.board_css),
        style("panels.css", PackageResources.panels_css),
        File(path: "/assets/favicon.svg", mediaType: "image/svg+xml", bytes: PackageResources.favicon_svg),
        script("admin-acts.js", PackageResources.admin_acts_js),
        script("admin-chart.js", PackageResources.admin_chart_js),
        script("admin-claims.js", PackageResources.admin_claims_js),
        script("admin-confirm.js", PackageResources.admin_confirm_js),
        script("admin-connections.js", PackageResources.admin_connections_js),
        script("admin-curl.js", PackageResources.admin_curl_js),
        script("admin-debugger.js", PackageResources.admin_debugger_js),
        script("admin-dom.js", PackageResources.admin_dom_js),
        script("admin-format.js", PackageResources.admin_format_js),
        script("admin-history.js", PackageResources.admin_history_js),
        script("admin-inspector.js", PackageResources.admin_inspector_js),
        script("admin-revoke.js", PackageResources.admin_revoke_js),
        script("admin-roster.js", PackageResources.admin_roster_js),
        script("admin-sampler.js", PackageResources.admin_sampler_js),
        script("admin-session.js", PackageResources.admin_session_js),
        script("admin-table.js", PackageResources.admin_table_js),
        script("admin-traffic.js", PackageResources.admin_traffic_js),
        script("admin.js", PackageResources.admin_js),
        script("acts.js", PackageResources.acts_js),
        script("board.js", PackageResources.board_js),
        script("card.js", PackageResources.card_js),
        script("changes.js", PackageResources.changes_js),
        script("conflict.js", PackageResources.conflict_js),
        script("connection.js", PackageResources.connection_js),
        script("dates.js", PackageResources.dates_js),
        script("dom.js", PackageResources.dom_js),
        script("draft.js", PackageResources.draft_js),
        script("drag.js", PackageResources.drag_js),
        script("feed.js", PackageResources.feed_js),
        script("filters.js", PackageResources.filters_js),
        script("importer.js", PackageResources.importer_js),
        script("keys.js", PackageResources.keys_js),
        script("labels.js", PackageResources.labels_js),
        script("lift.js", PackageResources.lift_js),
        script("list.js", PackageResources.list_js),
        script("menu.js", PackageResources.menu_js),
        script("motion.js", PackageResources.motion_js),
        script("news.js", PackageResources.news_js),
        script("notices.js", PackageResources.notices_js),
        script("presence.js", PackageResources.presence_js),
        script("route.js", PackageResources.route_js),
        script("session.js", PackageResources.session_js),
        script("sheet.js", PackageResources.sheet_js),
        script("tasks.js", PackageResources.tasks_js),
        script("view.js", PackageResources.view_js),
        script("workspace.js", PackageResources.workspace_js),
        script("boardcast.js", PackageResources.boardcast_js, in: "sdk"),
        File(
            path: "/sdk/boardcast.d.ts", mediaType: "text/plain; charset=utf-8", bytes: PackageResources.boardcast_d_ts),
    ]

    private static func style(_ name: String, _ bytes: [UInt8]) -> File {
        File(path: "/assets/\(name)", mediaType: "text/css; charset=utf-8", bytes: bytes)
    }

    private static func script(_ name: String, _ bytes: [UInt8], in folder: String = "assets") -> File {
        File(path: "/\(folder)/\(name)", mediaType: "text/javascript; charset=utf-8", bytes: bytes)
    }
}
