/// The kanban page, the admin page, the API's reference and the JavaScript client: their files are in `Assets`, and are embedded in the
/// binary.
///
/// Embedded files are named by their base names alone, so no two of them may have the same in different folders.
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

    public static let files = [
        File("/", PackageResources.index_html),
        File("/admin", PackageResources.admin_html),
        File("/signed-in", PackageResources.signed_in_html),
        // Browsers ask for it where a page names no icon, as for a file of the API.
        File("/favicon.ico", PackageResources.favicon_svg, as: "image/svg+xml"),
        File("/docs", PackageResources.docs_html),
        File("/sdk/boardcast.js", PackageResources.boardcast_js),
        File("/sdk/boardcast.d.ts", PackageResources.boardcast_d_ts),
        File("/sdk/live-board.js", PackageResources.live_board_js),
        File("/sdk/live-board.d.ts", PackageResources.live_board_d_ts),
        asset("board/account.js", PackageResources.account_js),
        asset("board/acts.js", PackageResources.acts_js),
        asset("board/add-forms.js", PackageResources.add_forms_js),
        asset("board/board-dialogs.js", PackageResources.board_dialogs_js),
        asset("board/board.css", PackageResources.board_css),
        asset("board/board.js", PackageResources.board_js),
        asset("board/boards.js", PackageResources.boards_js),
        asset("board/card.js", PackageResources.card_js),
        asset("board/changes.js", PackageResources.changes_js),
        asset("board/column-editor.js", PackageResources.column_editor_js),
        asset("board/column-names.js", PackageResources.column_names_js),
        asset("board/conflict.js", PackageResources.conflict_js),
        asset("board/connection-pill.js", PackageResources.connection_pill_js),
        asset("board/described.js", PackageResources.described_js),
        asset("board/draft.js", PackageResources.draft_js),
        asset("board/drag.js", PackageResources.drag_js),
        asset("board/drafts.js", PackageResources.drafts_js),
        asset("board/exporter.js", PackageResources.exporter_js),
        asset("board/feed.js", PackageResources.feed_js),
        asset("board/filters.js", PackageResources.filters_js),
        asset("board/import-report.js", PackageResources.import_report_js),
        asset("board/importer.js", PackageResources.importer_js),
        asset("board/job-strip.js", PackageResources.job_strip_js),
        asset("board/keys.js", PackageResources.keys_js),
        asset("board/labels.js", PackageResources.labels_js),
        asset("board/lift.js", PackageResources.lift_js),
        asset("board/list.js", PackageResources.list_js),
        asset("board/menu.js", PackageResources.menu_js),
        asset("board/motion.js", PackageResources.motion_js),
        asset("board/news.js", PackageResources.news_js),
        asset("board/notices.js", PackageResources.notices_js),
        asset("board/nowhere.js", PackageResources.nowhere_js),
        asset("board/panels.css", PackageResources.panels_css),
        asset("board/presence.js", PackageResources.presence_js),
        asset("board/prose.js", PackageResources.prose_js),
        asset("board/pulse.js", PackageResources.pulse_js),
        asset("board/rescue.js", PackageResources.rescue_js),
        asset("board/route.js", PackageResources.route_js),
        asset("board/session.js", PackageResources.session_js),
        asset("board/sheet.js", PackageResources.sheet_js),
        asset("board/story.js", PackageResources.story_js),
        asset("board/task-history.js", PackageResources.task_history_js),
        asset("board/tasks.js", PackageResources.tasks_js),
        asset("board/undo.js", PackageResources.undo_js),
        asset("board/unsent.js", PackageResources.unsent_js),
        asset("board/view.js", PackageResources.view_js),
        asset("board/words.js", PackageResources.words_js),
        asset("board/workspace.js", PackageResources.workspace_js),
        asset("admin/admin-acts.js", PackageResources.admin_acts_js),
        asset("admin/admin.css", PackageResources.admin_css),
        asset("admin/admin.js", PackageResources.admin_js),
        asset("admin/chart.js", PackageResources.chart_js),
        asset("admin/claims.js", PackageResources.claims_js),
        asset("admin/confirm.js", PackageResources.confirm_js),
        asset("admin/connections.js", PackageResources.connections_js),
        asset("admin/csv.js", PackageResources.csv_js),
        asset("admin/curl.js", PackageResources.curl_js),
        asset("admin/debugger.js", PackageResources.debugger_js),
        asset("admin/format.js", PackageResources.format_js),
        asset("admin/history.js", PackageResources.history_js),
        asset("admin/inspector.js", PackageResources.inspector_js),
        asset("admin/publisher.js", PackageResources.publisher_js),
        asset("admin/revoke.js", PackageResources.revoke_js),
        asset("admin/roster.js", PackageResources.roster_js),
        asset("admin/sampler.js", PackageResources.sampler_js),
        asset("admin/server.js", PackageResources.server_js),
        asset("admin/table.js", PackageResources.table_js),
        asset("admin/traffic.js", PackageResources.traffic_js),
        asset("admin/work.js", PackageResources.work_js),
        asset("docs/call-view.js", PackageResources.call_view_js),
        asset("docs/description.js", PackageResources.description_js),
        asset("docs/docs.css", PackageResources.docs_css),
        asset("docs/docs.js", PackageResources.docs_js),
        asset("docs/request.js", PackageResources.request_js),
        asset("docs/schema-view.js", PackageResources.schema_view_js),
        asset("docs/texts.js", PackageResources.texts_js),
        asset("docs/trial.js", PackageResources.trial_js),
        asset("shared/base.css", PackageResources.base_css),
        asset("shared/credentials.js", PackageResources.credentials_js),
        asset("shared/dom.js", PackageResources.dom_js),
        asset("shared/favicon.svg", PackageResources.favicon_svg),
        asset("shared/past.js", PackageResources.past_js),
        asset("shared/provider.js", PackageResources.provider_js),
        asset("shared/sign-in.js", PackageResources.sign_in_js),
        asset("shared/signed-in.js", PackageResources.signed_in_js),
        asset("shared/stored.js", PackageResources.stored_js),
        asset("shared/theme.css", PackageResources.theme_css),
        asset("shared/times.js", PackageResources.times_js),
        asset("shared/token.js", PackageResources.token_js),
    ]

    /// - Parameter path: where the file lies in `Assets`.
    private static func asset(_ path: String, _ bytes: [UInt8]) -> File { File("/assets/" + path, bytes) }
}
