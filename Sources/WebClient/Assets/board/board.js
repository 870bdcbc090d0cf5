import { Account } from "./account.js";
import { Boards } from "./boards.js";
import { ColumnEditor } from "./column-editor.js";
import { showConnection } from "./connection-pill.js";
import { timeOf } from "../shared/times.js";
import { find, findAll, nameOnHover, setText } from "../shared/dom.js";
import { Exporter } from "./exporter.js";
import { Filters } from "./filters.js";
import { Importer } from "./importer.js";
import { Notices } from "./notices.js";
import { Route } from "./route.js";
import { Session } from "./session.js";
import { Workspace } from "./workspace.js";

const route = new Route(() => follow());
const notices = new Notices((id) => workspace?.open(id));
const filters = new Filters(route, () => workspace?.refresh());
let workspace = null;
let user = null;
let unsay = () => {};
const session = new Session({
    changed: () => signedIn(),
    ending(time) {
        unsay = notices.say(`You are signed in until ${timeOf(time)}.`, {
            action: "Sign in again", act: () => session.ask("", "Sign in again"), stay: 120_000,
        });
    },
});

const board = () => route.get("board") || "main";

/** Begins with a token from the address, the sign-in panel or this tab's storage. */
function signedIn() {
    unsay();
    const { sub, tenant } = session.claims ?? {};
    const same = workspace !== null && user === `${tenant}/${sub}` && workspace.client.state !== "closed";
    user = `${tenant}/${sub}`;
    offerActs();
    if (same) {
        workspace.client.retry();
        learnRole(workspace);
    } else open();
}

/** Opens another board. */
function go(id) {
    route.set({ board: id, task: "", status: "" }, { push: true });
    open();
}

function signOut() {
    workspace?.close();
    workspace = null;
    for (const part of [find("#board"), ...findAll(".rows")]) part.replaceChildren();
    setText(find("#name"), "Boardcast");
    document.title = "Boardcast";
    route.set({ task: "" });
    session.end();
}

function open() {
    workspace?.close();
    find("#board").inert = false;
    setText(find("#name"), "Boardcast");
    setText(find("#total"), "");
    workspace = new Workspace(board(), { session, notices, route, filters, told: (board) => boards.renamed(board) });
    workspace.connection.show();
    show();
    boards.refresh();
    learnRole(workspace);
}

/** Shows the buttons of what the token lets the user do. */
function offerActs() {
    find("#import").hidden = !session.mayWrite;
    find("#columns").hidden = !session.mayAdminister;
    account.show();
}

async function learnRole({ client }) {
    const token = session.token;
    const answer = await client.request("GET", "/api/session").catch(() => null);
    if (client !== workspace.client || token !== session.token || !answer) return;
    session.learn(answer.body.role);
    account.explain(answer.body.roleBecause);
    if (session.isOfProvider && !session.mayWrite) {
        notices.say("You can look at this board, not change it. Those who run Boardcast can give you another role.");
    }
    offerActs();
    workspace.showRights();
}

function show() {
    const view = route.get("view") || "board";
    for (const id of ["board", "list", "activity"]) find(`#${id}`).hidden = id !== view;
    for (const button of findAll("#views button")) {
        if (button.dataset.view === view) button.setAttribute("aria-current", "page");
        else button.removeAttribute("aria-current");
    }
    find("#finder").hidden = view === "activity";
    find("#keys").hidden = view !== "board";
    filters.show();
    workspace?.show();
}

/** Follows a change of the address by hand, by Back, or by a link with another token. */
function follow() {
    const token = route.take("token");
    if (token) session.use(token);
    if (workspace && workspace.board !== board()) open();
    else show();
}

filters.choices(() => workspace?.tasks.all() ?? [], () => workspace?.users() ?? []);
showConnection(() => workspace?.connection);
new Importer(() => workspace, () => session.mayAdminister);
new ColumnEditor(() => workspace);
new Exporter(() => workspace, () => session.token, (text) => notices.say(text, { tone: "bad" }));
const boards = new Boards({ session, workspace: () => workspace, go, notices });
const account = new Account(session, signOut);
find("#views").addEventListener("click", ({ target }) => {
    if (!target.dataset.view) return;
    route.set({ view: target.dataset.view === "board" ? "" : target.dataset.view }, { push: true });
    show();
});

nameOnHover();
find("#hint button").addEventListener("click", () => filters.clear());

const [token, link] = [route.take("token"), route.take("link")];
show();
session.begin({ token, link });
