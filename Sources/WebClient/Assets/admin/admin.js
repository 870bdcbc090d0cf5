import { Boardcast } from "../../sdk/boardcast.js";
import { AdminActs } from "./admin-acts.js";
import { ConnectionsView } from "./connections.js";
import { csv, save } from "./csv.js";
import { TokenDebugger } from "./debugger.js";
import { makeAudit, makeRevocations } from "./history.js";
import { Inspector } from "./inspector.js";
import { Publisher } from "./publisher.js";
import { makeRevokeForm } from "./revoke.js";
import { Sampler } from "./sampler.js";
import { ServerView, showHeadline } from "./server.js";
import { TrafficView } from "./traffic.js";
import { WorkView } from "./work.js";
import { announce, find, nameOnHover, setAttribute, setText } from "../shared/dom.js";
import { Credentials } from "../shared/credentials.js";
import { offerProvider, onSignIn, promptForToken, refusalOf } from "../shared/sign-in.js";
import { decode } from "../shared/token.js";

const states = {
    idle: "", connecting: "Connecting…", live: "Live", polling: "Live, by polling", waiting: "Reconnecting…",
    unauthorized: "Sign in again", closed: "Cut off",
};

/** How many lines of the audit log are saved. */
const mostSaved = 10_000;

let client = null;
/** The claims of the token in use. */
let claims = null;
/** The cursor before the next event, and the time since which the stream has been open. */
let [cursor, since] = [null, Infinity];

const request = (...call) => client.request(...call);
const sampler = new Sampler(request, looked);
const acts = new AdminActs(request, () => ({ user: client?.userId, connection: client?.connectionId }), changed);
const traffic = new TrafficView();
const connections = new ConnectionsView(() => client?.connectionId, {
    disconnect: (connection) => acts.disconnect(connection),
    disconnectUser: (user) => acts.disconnectUser(user),
    revokeUser: (user) => acts.revoke({ sub: user }),
});
const publisher = new Publisher(request);
const inspector = new Inspector(request, (event) => publisher.open(event));
const work = new WorkView(request, {
    renameBoard: (board) => acts.renameBoard(board),
    deleteBoard: (board) => acts.deleteBoard(board),
    cancelJob: (job) => acts.cancelJob(job),
});
const server = new ServerView(request, showHeadline);
const pasted = new TokenDebugger(() => claims, async () => (await client.boards()).map(({ id }) => id),
    async () => (await client.request("GET", "/api/session")).body.tenant);
const [audit, revocations] = [makeAudit(() => request), makeRevocations(() => request)];
makeRevokeForm((draft) => acts.revoke(draft));

const credentials = new Credentials({ renewed: () => client?.retry(), left: () => location.reload() });

async function open() {
    close();
    const url = new URL(".", location.href);
    const opened = new Boardcast({ url, token: () => credentials.fresh(), snapshot: false, shared: false });
    [client, claims] = [opened, decode(credentials.token).claims ?? {}];
    find("#sign-in").hidden = true;
    show({ state: "connecting" });
    try {
        // Checked before a stream is opened: a member's token must not open one here.
        await opened.request("GET", "/sse/stats?limit=1");
    } catch (error) {
        if (opened !== client) return;
        if ([401, 403].includes(error.status)) return refuse(error);
    }
    if (opened !== client) return;
    for (const id of ["#views", "#main", "#sign-out"]) find(id).hidden = false;
    setText(find("#who"), [claims.sub, claims.tenant].filter(Boolean).join(" · "));
    opened.on("state", (change) => opened === client && show(change));
    opened.on("*", (event) => opened === client && take(event));
    opened.open();
    sampler.start();
    server.refresh();
    turn();
}

/** Forgets everything that was loaded with the previous token. */
function close() {
    const closing = client;
    // Closed first, so that the events of its end are not shown.
    [client, claims, cursor, since] = [null, null, null, Infinity];
    closing?.close();
    sampler.stop();
    traffic.show([]);
    connections.show([]);
    for (const part of [inspector, work, server, audit, revocations]) part.clear();
    publisher.close();
    pasted.forget();
    find("#confirm").close();
    for (const id of ["#views", "#main", "#sign-out", "#reconnect"]) find(id).hidden = true;
    for (const id of ["#who", "#server-line"]) setText(find(id), "");
}

async function refuse(error) {
    const theirs = claims;
    const session = error.status === 403 ? await client.request("GET", "/api/session").catch(() => null) : null;
    const provider = await credentials.provider;
    const isRenewable = credentials.isRenewable;
    close();
    if (error.status === 401) credentials.refuse();
    show({ state: "idle" });
    if (error.status === 401) {
        const { why, ...more } = isRenewable ? refusalOf(error, { provider, claims: theirs }) : { why: error.detail };
        return askForToken(why, more);
    }
    const role = session ? session.body.role : theirs.role ?? "member";
    const because = session?.body.roleBecause ?? "";
    const why = `This page needs an admin token; that of ${theirs.sub} is ${role === "admin" ? "refused" : `a ${role}'s`}.`;
    askForToken(isRenewable ? `This page is for admins. You are signed in as ${theirs.sub}, a ${role} here.` : why,
        isRenewable ? { because: because && `${because[0].toUpperCase()}${because.slice(1)}.`, asAnother: true } : {});
}

function askForToken(why = "", more = {}) {
    find("#sign-in").hidden = false;
    promptForToken(why, more);
}

function show({ state, error }) {
    if (state === "unauthorized") {
        return refuse({ status: 401, problem: error?.problem, detail: error?.detail ?? "The token is no longer good." });
    }
    setAttribute(find("#connection"), "data-state", state);
    setText(find("#connection"), states[state]);
    find("#reconnect").hidden = !["waiting", "closed"].includes(state);
    [cursor, since] = [client?.cursor ?? null, Date.now()];
    if (state === "live") sampler.look();
}

function take(event) {
    // Events from before the stream was open don't measure its latency.
    const isLive = Date.parse(event.timestamp) >= since + sampler.clockOffset;
    inspector.take(event, cursor, isLive ? sampler.hear(event) : null);
    cursor = client.cursor;
}

function looked(error) {
    if ([401, 403].includes(error?.status)) return refuse(error);
    setText(find("#trouble"), error === null ? "" : `The figures stand still: ${error.detail ?? error.message}`);
    traffic.show(sampler.samples);
    connections.show(sampler.connections, sampler.nodes);
}

function changed() {
    if (client === null) return;
    sampler.look();
    audit.refresh();
    revocations.refresh();
    work.refresh();
}

/** The audit log as a file. */
async function saveAudit() {
    try {
        const items = await audit.all(mostSaved);
        const rows = items.map(({ timestamp, actor, act, subject, detail }) => [timestamp, actor, act, subject, detail]);
        save("audit.csv", csv([["when", "who", "act", "subject", "detail"], ...rows]), "text/csv");
        if (items.length === mostSaved) announce(`The newest ${mostSaved} are saved.`);
    } catch (error) {
        announce(`It can't be saved now: ${error.detail ?? error.message}`);
    }
}

/** Shows the view that the address names. */
function turn() {
    const links = [...find("#views").children];
    const link = links.find(({ hash }) => hash === location.hash) ?? links[0];
    for (const one of links) setAttribute(one, "aria-current", one === link && "page");
    for (const view of document.querySelectorAll("[data-view]")) view.hidden = `#${view.dataset.view}` !== link.hash;
    scrollTo(0, 0);
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (client === null) return;
    if (link.hash === "#events") inspector.show();
    if (link.hash === "#work") work.refresh();
    if (link.hash === "#audit") audit.refresh();
    if (link.hash === "#tokens") revocations.refresh();
    if (link.hash === "#server") server.refresh();
}

/** Takes `#token=…` or `#link=…` out of the address bar. */
function takeGiven() {
    const fragment = new URLSearchParams(location.hash.slice(1));
    const [token, link] = [fragment.get("token")?.trim(), fragment.get("link")];
    if (fragment.has("token") || link) history.replaceState(null, "", location.pathname + location.search);
    return { token, link };
}

/** Opens the page with a token that was given, that of this tab, or that of a tab that is open. */
async function start() {
    const { token, link } = takeGiven();
    const notice = credentials.takeNotice();
    let trouble = notice;
    if (token) credentials.replace(token);
    else if (link) await credentials.open(link).catch(({ message }) => { trouble = message; });
    if (!notice && (credentials.token !== null || await credentials.borrow())) open();
    else askForToken(trouble);
}

onSignIn((token) => {
    credentials.replace(token);
    open();
});
offerProvider(credentials);
find("#sign-out").addEventListener("click", async () => {
    close();
    show({ state: "idle" });
    if (!await credentials.signOut()) askForToken();
});
find("#reconnect").addEventListener("click", () => client.state === "closed" ? start() : client.retry());
find("#refresh-audit").addEventListener("click", () => audit.refresh());
find("#save-audit").addEventListener("click", saveAudit);
find("#refresh-server").addEventListener("click", () => server.refresh());
find("#refresh-work").addEventListener("click", () => work.refresh());
nameOnHover();
// A page in the browser's back/forward cache would keep its stream, one of the few connections that a browser allows.
addEventListener("pagehide", close);
addEventListener("pageshow", ({ persisted }) => persisted && start());
addEventListener("hashchange", () => /^#(?:.*&)?(?:token|link)=/.test(location.hash) ? start() : turn());
start();
