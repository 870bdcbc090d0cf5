#include "CWebAssets.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// Each ends with a zero. `#embed` (C23) takes a file as it is, in no time, and the compiler notes that it did: a changed
// file is taken anew.
static const WebAsset assets[] = {
    {"admin/admin-acts.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/admin-acts.js" suffix(, 0)
    }},
    {"admin/admin.css", (const unsigned char[]){
#embed "../WebClient/Assets/admin/admin.css" suffix(, 0)
    }},
    {"admin/admin.html", (const unsigned char[]){
#embed "../WebClient/Assets/admin/admin.html" suffix(, 0)
    }},
    {"admin/admin.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/admin.js" suffix(, 0)
    }},
    {"admin/chart.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/chart.js" suffix(, 0)
    }},
    {"admin/claims.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/claims.js" suffix(, 0)
    }},
    {"admin/confirm.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/confirm.js" suffix(, 0)
    }},
    {"admin/connections.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/connections.js" suffix(, 0)
    }},
    {"admin/csv.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/csv.js" suffix(, 0)
    }},
    {"admin/curl.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/curl.js" suffix(, 0)
    }},
    {"admin/debugger.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/debugger.js" suffix(, 0)
    }},
    {"admin/format.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/format.js" suffix(, 0)
    }},
    {"admin/history.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/history.js" suffix(, 0)
    }},
    {"admin/inspector.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/inspector.js" suffix(, 0)
    }},
    {"admin/publisher.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/publisher.js" suffix(, 0)
    }},
    {"admin/revoke.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/revoke.js" suffix(, 0)
    }},
    {"admin/roster.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/roster.js" suffix(, 0)
    }},
    {"admin/sampler.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/sampler.js" suffix(, 0)
    }},
    {"admin/server.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/server.js" suffix(, 0)
    }},
    {"admin/table.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/table.js" suffix(, 0)
    }},
    {"admin/traffic.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/traffic.js" suffix(, 0)
    }},
    {"admin/work.js", (const unsigned char[]){
#embed "../WebClient/Assets/admin/work.js" suffix(, 0)
    }},
    {"board/account.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/account.js" suffix(, 0)
    }},
    {"board/acts.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/acts.js" suffix(, 0)
    }},
    {"board/add-forms.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/add-forms.js" suffix(, 0)
    }},
    {"board/board-dialogs.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/board-dialogs.js" suffix(, 0)
    }},
    {"board/board.css", (const unsigned char[]){
#embed "../WebClient/Assets/board/board.css" suffix(, 0)
    }},
    {"board/board.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/board.js" suffix(, 0)
    }},
    {"board/boards.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/boards.js" suffix(, 0)
    }},
    {"board/card.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/card.js" suffix(, 0)
    }},
    {"board/changes.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/changes.js" suffix(, 0)
    }},
    {"board/column-editor.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/column-editor.js" suffix(, 0)
    }},
    {"board/column-names.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/column-names.js" suffix(, 0)
    }},
    {"board/conflict.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/conflict.js" suffix(, 0)
    }},
    {"board/connection-pill.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/connection-pill.js" suffix(, 0)
    }},
    {"board/described.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/described.js" suffix(, 0)
    }},
    {"board/draft.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/draft.js" suffix(, 0)
    }},
    {"board/drafts.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/drafts.js" suffix(, 0)
    }},
    {"board/drag.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/drag.js" suffix(, 0)
    }},
    {"board/exporter.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/exporter.js" suffix(, 0)
    }},
    {"board/feed.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/feed.js" suffix(, 0)
    }},
    {"board/filters.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/filters.js" suffix(, 0)
    }},
    {"board/import-report.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/import-report.js" suffix(, 0)
    }},
    {"board/importer.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/importer.js" suffix(, 0)
    }},
    {"board/index.html", (const unsigned char[]){
#embed "../WebClient/Assets/board/index.html" suffix(, 0)
    }},
    {"board/job-strip.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/job-strip.js" suffix(, 0)
    }},
    {"board/keys.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/keys.js" suffix(, 0)
    }},
    {"board/labels.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/labels.js" suffix(, 0)
    }},
    {"board/lift.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/lift.js" suffix(, 0)
    }},
    {"board/list.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/list.js" suffix(, 0)
    }},
    {"board/menu.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/menu.js" suffix(, 0)
    }},
    {"board/motion.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/motion.js" suffix(, 0)
    }},
    {"board/news.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/news.js" suffix(, 0)
    }},
    {"board/notices.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/notices.js" suffix(, 0)
    }},
    {"board/nowhere.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/nowhere.js" suffix(, 0)
    }},
    {"board/panels.css", (const unsigned char[]){
#embed "../WebClient/Assets/board/panels.css" suffix(, 0)
    }},
    {"board/presence.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/presence.js" suffix(, 0)
    }},
    {"board/prose.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/prose.js" suffix(, 0)
    }},
    {"board/pulse.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/pulse.js" suffix(, 0)
    }},
    {"board/rescue.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/rescue.js" suffix(, 0)
    }},
    {"board/route.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/route.js" suffix(, 0)
    }},
    {"board/session.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/session.js" suffix(, 0)
    }},
    {"board/sheet.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/sheet.js" suffix(, 0)
    }},
    {"board/story.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/story.js" suffix(, 0)
    }},
    {"board/task-history.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/task-history.js" suffix(, 0)
    }},
    {"board/tasks.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/tasks.js" suffix(, 0)
    }},
    {"board/undo.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/undo.js" suffix(, 0)
    }},
    {"board/unsent.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/unsent.js" suffix(, 0)
    }},
    {"board/view.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/view.js" suffix(, 0)
    }},
    {"board/words.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/words.js" suffix(, 0)
    }},
    {"board/workspace.js", (const unsigned char[]){
#embed "../WebClient/Assets/board/workspace.js" suffix(, 0)
    }},
    {"docs/call-view.js", (const unsigned char[]){
#embed "../WebClient/Assets/docs/call-view.js" suffix(, 0)
    }},
    {"docs/description.js", (const unsigned char[]){
#embed "../WebClient/Assets/docs/description.js" suffix(, 0)
    }},
    {"docs/docs.css", (const unsigned char[]){
#embed "../WebClient/Assets/docs/docs.css" suffix(, 0)
    }},
    {"docs/docs.html", (const unsigned char[]){
#embed "../WebClient/Assets/docs/docs.html" suffix(, 0)
    }},
    {"docs/docs.js", (const unsigned char[]){
#embed "../WebClient/Assets/docs/docs.js" suffix(, 0)
    }},
    {"docs/request.js", (const unsigned char[]){
#embed "../WebClient/Assets/docs/request.js" suffix(, 0)
    }},
    {"docs/schema-view.js", (const unsigned char[]){
#embed "../WebClient/Assets/docs/schema-view.js" suffix(, 0)
    }},
    {"docs/texts.js", (const unsigned char[]){
#embed "../WebClient/Assets/docs/texts.js" suffix(, 0)
    }},
    {"docs/trial.js", (const unsigned char[]){
#embed "../WebClient/Assets/docs/trial.js" suffix(, 0)
    }},
    {"sdk/boardcast.d.ts", (const unsigned char[]){
#embed "../WebClient/Assets/sdk/boardcast.d.ts" suffix(, 0)
    }},
    {"sdk/boardcast.js", (const unsigned char[]){
#embed "../WebClient/Assets/sdk/boardcast.js" suffix(, 0)
    }},
    {"sdk/live-board.d.ts", (const unsigned char[]){
#embed "../WebClient/Assets/sdk/live-board.d.ts" suffix(, 0)
    }},
    {"sdk/live-board.js", (const unsigned char[]){
#embed "../WebClient/Assets/sdk/live-board.js" suffix(, 0)
    }},
    {"shared/base.css", (const unsigned char[]){
#embed "../WebClient/Assets/shared/base.css" suffix(, 0)
    }},
    {"shared/credentials.js", (const unsigned char[]){
#embed "../WebClient/Assets/shared/credentials.js" suffix(, 0)
    }},
    {"shared/dom.js", (const unsigned char[]){
#embed "../WebClient/Assets/shared/dom.js" suffix(, 0)
    }},
    {"shared/favicon.svg", (const unsigned char[]){
#embed "../WebClient/Assets/shared/favicon.svg" suffix(, 0)
    }},
    {"shared/past.js", (const unsigned char[]){
#embed "../WebClient/Assets/shared/past.js" suffix(, 0)
    }},
    {"shared/provider.js", (const unsigned char[]){
#embed "../WebClient/Assets/shared/provider.js" suffix(, 0)
    }},
    {"shared/sign-in.js", (const unsigned char[]){
#embed "../WebClient/Assets/shared/sign-in.js" suffix(, 0)
    }},
    {"shared/signed-in.html", (const unsigned char[]){
#embed "../WebClient/Assets/shared/signed-in.html" suffix(, 0)
    }},
    {"shared/signed-in.js", (const unsigned char[]){
#embed "../WebClient/Assets/shared/signed-in.js" suffix(, 0)
    }},
    {"shared/stored.js", (const unsigned char[]){
#embed "../WebClient/Assets/shared/stored.js" suffix(, 0)
    }},
    {"shared/theme.css", (const unsigned char[]){
#embed "../WebClient/Assets/shared/theme.css" suffix(, 0)
    }},
    {"shared/times.js", (const unsigned char[]){
#embed "../WebClient/Assets/shared/times.js" suffix(, 0)
    }},
    {"shared/token.js", (const unsigned char[]){
#embed "../WebClient/Assets/shared/token.js" suffix(, 0)
    }},
};

const WebAsset *web_assets(void) { return assets; }
long web_assets_count(void) { return sizeof assets / sizeof *assets; }
