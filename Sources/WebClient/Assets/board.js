import { API, Refusal } from "./api.js";
import { setText } from "./card.js";
import { BoardStream } from "./stream.js";
import { BoardView } from "./view.js";

const find = (selector) => document.querySelector(selector);
const words = { live: "Real-time", waiting: "Reconnecting…", refused: "Sign in again", gone: "Board deleted" };

let api;
let board;
let stream;

const view = new BoardView({
    create: (name) => attempt(() => api.post("api/tasks", { name, boardId: board })),
    move: (task, status, after) => attempt(() => api.post(`api/tasks/${task.id}/move`, { status, after })),
});

/** @returns whether the server did it. What it changed comes by the stream, as for everybody else. */
async function attempt(write) {
    try {
        await write();
        return true;
    } catch (error) {
        if (error.status === 401) refuse(error);
        else notify(error instanceof Refusal ? error.message : "The server gave no answer. Please try again.");
        return false;
    }
}

function show(state) {
    find("#connection").dataset.state = state;
    setText(find("#connection"), words[state]);
}

function notify(text) {
    const notice = setText(document.createElement("p"), text);
    find("#notices").append(notice);
    setTimeout(() => notice.remove(), 10_000);
}

function refuse({ status, message }) {
    stream.stop();
    if (status === 401) stored("removeItem");
    show("refused");
    askForToken(message);
}

function askForToken(why = "") {
    setText(find("#why"), why);
    find("#sign-in").hidden = false;
    find("#board").inert = true;
    find("#token").focus();
}

/** The token outlives a reload of this tab where the browser has storage for it. */
function stored(method, ...value) {
    try {
        return sessionStorage[method]("boardcast.token", ...value);
    } catch {
        return null;
    }
}

function open(token) {
    stream?.stop();
    stored("setItem", token);
    api = new API(token);
    find("#sign-in").hidden = true;
    find("#board").inert = false;
    show("waiting");
    stream = new BoardStream(api, board, {
        state: (board, tasks) => view.state(board, tasks),
        event: (event) => event.type === "board.deleted" ? end() : view.event(event),
        connection: (state, refusal) => state === "refused" ? refuse(refusal) : show(state),
    });
    stream.run();
}

function end() {
    stream.stop();
    show("gone");
    find("#board").inert = true;
    notify("This board was deleted.");
}

/** Takes the token out of `#token=…&board=…` and out of the address bar; the board stays there. */
function start() {
    const fragment = new URLSearchParams(location.hash.slice(1));
    const token = fragment.get("token")?.trim() || stored("getItem");
    board = fragment.get("board") || "main";
    if (fragment.has("token")) {
        fragment.delete("token");
        history.replaceState(null, "", location.pathname + location.search + (String(fragment) && `#${fragment}`));
    }
    if (token) open(token);
    else askForToken();
}

find("#sign-in").addEventListener("submit", (event) => {
    event.preventDefault();
    const token = find("#token").value.trim();
    find("#token").value = "";
    if (token) open(token);
});
addEventListener("hashchange", start);
start();
