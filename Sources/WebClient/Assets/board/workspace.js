import { Boardcast } from "../../sdk/boardcast.js";
import { Acts } from "./acts.js";
import { Changes } from "./changes.js";
import { nameColumns } from "./column-names.js";
import { ConnectionPill } from "./connection-pill.js";
import { find, setText } from "../shared/dom.js";
import { Drag } from "./drag.js";
import { Feed } from "./feed.js";
import { Keys } from "./keys.js";
import { Lift } from "./lift.js";
import { ListView } from "./list.js";
import { newsOf, refusalOf } from "./news.js";
import { Presence } from "./presence.js";
import { Sheet } from "./sheet.js";
import { Tasks } from "./tasks.js";
import { BoardView } from "./view.js";

/** One board, live: its client, its tasks, and everything on the page that shows them. */
export class Workspace {
    board;
    client;
    tasks;
    connection;
    #session;
    #notices;
    #route;
    #filters;
    #view;
    #list;
    #feed;
    #sheet;
    #presence;
    #changes;
    #acts;
    #lift;
    #drag;
    #boardState = null;
    /** Whether the page is up to date: events from before that are not shown as news. */
    #begun = false;
    /** Aborted when this board is closed, to remove its listeners elsewhere. */
    #over = new AbortController();

    constructor(board, { session, notices, route, filters }) {
        [this.board, this.#session, this.#notices, this.#route, this.#filters] = [board, session, notices, route, filters];
        // A proxy may serve the page under a path of its own.
        const url = new URL(".", location.href);
        this.client = new Boardcast({ url, token: () => session.token, boards: [board] });
        this.tasks = new Tasks((id, how) => this.#changed(id, how));
        const { client, tasks } = this;
        this.#changes = new Changes(client, board, tasks, (...refusal) => this.#refused(...refusal), this.#over.signal);
        this.#view = new BoardView(tasks, (task) => this.#shows(task), this.#over.signal);
        this.#lift = new Lift(tasks, this.#view, this.#changes);
        this.#drag = new Drag(this.#lift, () => this.mayWrite, this.#over.signal);
        const open = (id) => this.open(id);
        this.#acts = new Acts({ tasks, view: this.#view, changes: this.#changes, notices }, {
            open, shows: (task) => this.#shows(task), mayWrite: () => this.mayWrite,
        });
        this.#list = new ListView(tasks, route, { shows: (task) => this.#shows(task), open });
        this.#feed = new Feed(client, board, { name: (id) => tasks.get(id)?.name, open });
        this.#presence = new Presence(client, board, (id, text) => this.#typing(id, text));
        this.#sheet = new Sheet(this.#sheetActs(), this.#over.signal);
        this.connection = new ConnectionPill(client, () => session.ask("", "Sign in again"));
        this.#listen();
        this.#listenToBoard();
        client.open();
    }

    get mayWrite() {
        return this.#session.mayWrite;
    }

    users() {
        const assignees = [...this.tasks.all()].map((task) => task.assigneeId).filter(Boolean);
        return [...new Set([...this.#presence.users, ...assignees])].sort();
    }

    close() {
        this.#drag.cancel();
        this.#sheet.close();
        this.#over.abort();
        this.client.close();
    }

    open(id) {
        if (!this.tasks.known(id)) return this.#notices.say("That task is not on this board any more.");
        this.#route.set({ task: String(id) }, { push: this.#sheet.id === null });
        this.#sheet.open(id);
    }

    /** Shows what the address names. */
    show() {
        const [view, id] = [this.#route.get("view") || "board", Number(this.#route.get("task"))];
        if (view === "activity") this.#feed.show();
        this.refresh();
        if (this.#begun && this.tasks.known(id)) this.#sheet.open(id);
        else if (!id) this.#sheet.close();
    }

    showRights() {
        find("#board").toggleAttribute("data-read-only", !this.mayWrite);
    }

    refresh() {
        this.#view.refresh();
        this.#list.refresh();
    }

    #shows(task) {
        return this.#lift?.id === task.id || this.#filters.matches(task, this.#boardState?.statuses.at(-1));
    }

    #listen() {
        const { client, tasks } = this;
        client.on("snapshot", ({ boards, tasks: known }) => {
            const board = boards.find(({ id }) => id === this.board);
            if (!board) return this.#end();
            this.#arrange(board);
            tasks.reset(known.filter((task) => task.boardId === this.board));
            this.#begun = true;
            this.#feed.reload();
            this.show();
        });
        client.on("task.*", (event) => {
            if (event.boardId !== this.board) return;
            const isNews = tasks.take(event);
            const news = isNews && newsOf(event, client.userId);
            if (news) this.#notices.news(news, event.taskId, event.timestamp);
        });
        client.on("board.updated", ({ board }) => board.id === this.board && this.#arrange(board));
        client.on("board.deleted", ({ boardId }) => boardId === this.board && this.#end());
        client.on("state", ({ state, error }) => {
            if (state === "unauthorized") this.#session.refuse(error?.detail ?? "");
            if (state === "closed" && error) this.#notices.say(error.detail, { tone: "bad", stay: 30_000 });
        });
    }

    #listenToBoard() {
        const options = { signal: this.#over.signal };
        const root = find("#board");
        new Keys(this.#view, this.#lift, {
            mayWrite: () => this.mayWrite,
            open: (id) => this.tasks.known(id) && this.open(id),
            menu: (id, anchor) => this.#acts.menu(id, anchor),
            remove: (id) => this.#acts.remove(id),
        }, this.#over.signal);
        root.addEventListener("click", (event) => {
            const [more, open] = [event.target.closest(".more"), event.target.closest(".open")];
            const id = Number((more ?? open)?.closest(".card").dataset.taskId);
            if (more) event.preventDefault();
            if (!this.tasks.known(id)) return;
            if (more) this.#acts.menu(id, more);
            else this.open(id);
        }, options);
        root.addEventListener("submit", (event) => {
            event.preventDefault();
            this.#acts.add(event.target);
        }, options);
    }

    #changed(id, how) {
        if (how.fresh && this.#lift?.id === id && !this.tasks.known(id)) {
            this.#drag.cancel();
            this.#notices.say("The card in your hand was deleted by somebody else.");
        }
        this.#view.changed(id, how);
        this.#list.refresh();
        if (this.#sheet.id === id) this.#sheet.refresh();
    }

    #arrange(board) {
        this.#boardState = board;
        nameColumns(board.columns);
        setText(find("#name"), board.name);
        document.title = `${board.name} · Boardcast`;
        find("#board").setAttribute("aria-label", board.name);
        this.showRights();
        this.#view.arrange(board);
        this.#list.arrange(board);
        this.#sheet.arrange();
    }

    #end() {
        this.client.close();
        find("#board").inert = true;
        this.#sheet.close();
        this.#notices.say("This board was deleted.", { tone: "bad", stay: 60_000 });
    }

    /** Reports an undone change: the reason, and how to continue. */
    #refused(error, what, task) {
        const text = refusalOf(error, what, task, this.tasks.actorOf(task?.id));
        if (what === "update" && this.#sheet.refused(task.id, text)) return;
        const back = what === "update" && this.tasks.known(task.id);
        const way = back ? { action: "Open", act: () => this.open(task.id) } : {};
        this.#notices.say(text, { tone: "bad", stay: 12_000, ...way });
    }

    #typing(id, text) {
        this.#view.card(id)?.typing(text);
        if (this.#sheet.id === id) this.#sheet.typing(text);
    }

    #sheetActs() {
        return {
            task: (id) => this.tasks.get(id),
            known: (id) => this.tasks.known(id),
            actor: (id) => this.tasks.actorOf(id) === this.client.userId ? "You" : this.tasks.actorOf(id),
            statuses: () => this.#view.statuses,
            users: () => this.users(),
            mayWrite: () => this.mayWrite,
            typingIn: (id) => this.#presence.typingIn(id),
            save: (id, patch, version) => this.#changes.update(id, patch, version),
            move: (id, status) => this.#acts.move(id, status),
            remove: (id) => this.#acts.remove(id),
            typing: (id, is) => this.#presence.say(id, is),
            closed: () => {
                this.#sheet.close();
                this.#route.set({ task: "" });
            },
        };
    }
}
