import { Boardcast } from "../../sdk/boardcast.js";
import { Acts } from "./acts.js";
import { AddForms } from "./add-forms.js";
import { Changes } from "./changes.js";
import { nameColumns, onBoard } from "./column-names.js";
import { ConnectionPill } from "./connection-pill.js";
import { find, setText } from "../shared/dom.js";
import { same } from "./draft.js";
import { Drafts } from "./drafts.js";
import { Drag } from "./drag.js";
import { Feed } from "./feed.js";
import { JobStrip } from "./job-strip.js";
import { Keys } from "./keys.js";
import { Lift } from "./lift.js";
import { ListView } from "./list.js";
import { newsOf } from "./news.js";
import { offerOthers } from "./nowhere.js";
import { Presence } from "./presence.js";
import { Pulse } from "./pulse.js";
import { Rescue } from "./rescue.js";
import { Sheet } from "./sheet.js";
import { TaskHistory } from "./task-history.js";
import { Tasks } from "./tasks.js";
import { Unsent } from "./unsent.js";
import { BoardView } from "./view.js";

/** One board, live: its client, its tasks, and everything on the page that shows them. */
export class Workspace {
    board;
    client;
    tasks;
    connection;
    /** Whether the user is deleting the board, and need not be told when it is gone. */
    isLeaving = false;
    #session;
    #notices;
    #route;
    #filters;
    #told;
    #view;
    #list;
    #feed;
    #history;
    #sheet;
    #presence;
    #drafts;
    #unsent;
    #rescue;
    #adds;
    #changes;
    #acts;
    #lift;
    #drag;
    #boardState = null;
    /** Whether the page is up to date: events from before that are not shown as news. */
    #begun = false;
    /** Aborted when this board is closed, to remove its listeners elsewhere. */
    #over = new AbortController();

    /** `told(board)` is called with the board as it is now, each time it has changed. */
    constructor(board, { session, notices, route, filters, told }) {
        [this.board, this.#session, this.#notices, this.#route, this.#filters] = [board, session, notices, route, filters];
        this.#told = told;
        // A proxy may serve the page under a path of its own.
        const url = new URL(".", location.href);
        this.client = new Boardcast({ url, token: () => session.fresh(), boards: [board] });
        this.tasks = new Tasks((id, how) => this.#changed(id, how));
        const { client, tasks } = this;
        const { signal } = this.#over;
        const owner = session.owner;
        this.#unsent = new Unsent((id) => this.#marked(id));
        this.#drafts = new Drafts(owner, board, (id) => this.#marked(id));
        this.#rescue = new Rescue({ tasks, drafts: this.#drafts, notices, me: () => client.userId }, this.#rescueActs());
        const pulse = new Pulse(client, board, {
            changed: () => this.connection.show(), reload: (snapshot) => this.#take([snapshot.board], snapshot.tasks),
        }, signal);
        this.#changes = new Changes({ client, board, tasks, unsent: this.#unsent, owner }, {
            refused: (...refusal) => this.#rescue.refused(...refusal),
            expired: (change) => this.#rescue.expired(change),
            moved: (id, from, to, answer) => {
                this.#rescue.moved(id, to.status);
                this.#acts.moved(id, from, to, answer);
            },
            answered: (seq) => pulse.expect(seq),
        }, signal);
        const shows = (task) => this.#shows(task);
        const marks = (id) => this.#marks(id);
        this.#view = new BoardView(tasks, { shows, marks, left: (...text) => this.#adds.left(...text) }, signal);
        this.#adds = new AddForms(owner, board, notices, signal);
        this.#lift = new Lift(tasks, this.#view, this.#changes);
        this.#drag = new Drag(this.#lift, () => this.mayWrite, signal);
        const open = (id) => this.open(id);
        this.#acts = new Acts({ tasks, view: this.#view, changes: this.#changes, notices }, {
            open, shows, mayWrite: () => this.mayWrite,
        });
        this.#list = new ListView(tasks, route, { shows, marks, open });
        this.#feed = new Feed(client, board, { name: (id) => tasks.get(id)?.name, open }, signal);
        this.#history = new TaskHistory((...call) => client.request(...call), board);
        const mayCancel = ({ createdBy }) => session.mayAdminister || this.mayWrite && createdBy === client.userId;
        new JobStrip(client, board, mayCancel, signal);
        this.#presence = new Presence(client, board, (id, text) => this.#typing(id, text));
        this.#sheet = new Sheet(this.#sheetActs(), this.#drafts, signal);
        const ask = () => session.ask("", "Sign in again");
        this.connection = new ConnectionPill(client, ask, { unsent: this.#unsent, pulse });
        this.#listen();
        this.#listenToBoard();
        client.open();
    }

    get mayWrite() {
        return this.#session.mayWrite;
    }

    get name() {
        return this.#boardState?.name ?? this.board;
    }

    users() {
        const assignees = [...this.tasks.all()].map((task) => task.assigneeId).filter(Boolean);
        return [...new Set([...this.#presence.users, ...assignees])].sort();
    }

    close() {
        this.#drag.cancel();
        this.#sheet.close();
        find("#nowhere").hidden = find("#hint").hidden = true;
        this.#over.abort();
        this.client.close();
        const late = this.#unsent.overdue().length;
        if (late > 0) {
            this.#notices.say(`${late === 1 ? "1 change has" : `${late} changes have`} not been sent. `
                + "That is done when you open this board again.", { tone: "bad", stay: 20_000 });
        }
    }

    open(id) {
        if (!this.tasks.known(id) && !this.#drafts.get(id)?.gone) {
            return this.#notices.say("That task is not on this board any more.");
        }
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
        document.body.toggleAttribute("data-read-only", !this.mayWrite);
    }

    refresh() {
        this.#view.refresh();
        this.#list.refresh();
    }

    #shows(task) {
        return this.#lift?.id === task.id || this.#filters.matches(task, onBoard(this.#boardState?.statuses ?? []).at(-1));
    }

    #listen() {
        const { client, tasks } = this;
        client.on("snapshot", ({ boards, tasks: known }) => this.#take(boards, known));
        client.on("task.*", (event) => {
            if (event.boardId !== this.board) return;
            this.#history.take(event);
            const isNews = tasks.take(event);
            const news = isNews && (this.#rescue.moveOf(event) ?? newsOf(event, client.userId));
            if (news) this.#notices.news(news, event.taskId, event.timestamp);
        });
        client.on("board.updated", ({ board }) => board.id === this.board && this.#arrange(board));
        client.on("board.deleted", ({ boardId, actor }) => boardId === this.board && this.#end(actor));
        client.on("state", ({ state, error }) => {
            if (state === "unauthorized") this.#session.refuse(error);
            if (state === "closed" && error) this.#failed(error);
        });
        addEventListener("beforeunload", (event) => {
            // What was written is kept; what was done is not, for others.
            if (this.#unsent.overdue().length > 0 || !this.#drafts.areSafe) event.preventDefault();
        }, { signal: this.#over.signal });
    }

    #listenToBoard() {
        const options = { signal: this.#over.signal };
        const root = find("#board");
        new Keys(this.#view, this.#lift, {
            mayWrite: () => this.mayWrite,
            open: (id) => this.tasks.known(id) && this.open(id),
            menu: (id, anchor) => this.#acts.menu(id, anchor),
            remove: (id) => this.#acts.remove(id),
            archive: (id) => this.#acts.archive(id),
            undo: () => this.#acts.undo(),
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

    /** Takes the state of the board. */
    #take(boards, known) {
        const board = boards.find(({ id }) => id === this.board);
        if (!board) return this.#end();
        this.#arrange(board);
        this.tasks.reset(known.filter((task) => task.boardId === this.board));
        if (!this.#begun) {
            this.#begun = true;
            this.#changes.resume();
            this.#rescue.restore();
            this.#adds.restore();
        }
        this.#feed.reload();
        this.show();
    }

    #changed(id, how) {
        const { fresh, actor } = how;
        const isGone = fresh && !this.tasks.known(id);
        if (isGone && this.#lift?.id === id) {
            this.#drag.cancel();
            this.#notices.say(`${actor ?? "Somebody"} deleted the card that you were holding.`);
        }
        this.#view.changed(id, how);
        this.#list.refresh();
        if (fresh && this.#begun) isGone ? this.#rescue.lost(id, actor) : this.#rescue.compare(id);
        if (this.#sheet.id === id) this.#sheet.refresh();
    }

    /** Shows that a task has changes that are not saved or not sent, or has none any more. */
    #marked(id) {
        this.#view.changed(id);
        this.#list.refresh();
        this.connection?.show();
        if (this.#sheet?.id === id && this.#unsent.isLate(id)) this.#sheet.refresh();
    }

    #marks(id) {
        const { written = {} } = this.#drafts.get(id) ?? {};
        const task = this.tasks.get(id);
        const unsaved = Object.entries(written).some(([name, value]) => !same(value, task?.[name]));
        return { pending: this.tasks.isPending(id), late: this.#unsent.isLate(id), unsaved };
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
        this.#told(board);
    }

    #end(actor) {
        if (this.isLeaving) return;
        find("#board").inert = true;
        this.#rescue.boardGone(actor);
        this.client.close();
        const kept = this.#drafts.get(this.#sheet.id)?.gone;
        if (kept) this.#sheet.refresh();
        else this.#sheet.close();
        const who = actor && actor !== this.client.userId ? `${actor} deleted this board.` : "This board was deleted.";
        this.#notices.say(who, { tone: "bad", stay: 60_000 });
        if (!kept) this.#offerOthers(who);
    }

    #failed(error) {
        if (error.status !== 404 || this.#begun) return this.#notices.say(error.detail, { tone: "bad", stay: 30_000 });
        this.#rescue.boardGone();
        this.#offerOthers(`There is no board “${this.board}”, or you may not see it.`);
    }

    async #offerOthers(heading) {
        const boards = await this.client.boards().catch(() => []);
        if (!this.#over.signal.aborted) offerOthers(heading, boards);
    }

    #typing(id, text) {
        this.#view.card(id)?.typing(text);
        if (this.#sheet.id === id) this.#sheet.typing(text);
    }

    #rescueActs() {
        return {
            open: (id) => this.open(id),
            openId: () => this.#sheet.id,
            close: () => this.#closeSheet(),
            refresh: (id) => this.#sheet.id === id && this.#sheet.refresh(),
            refused: (id, text) => this.#sheet.refused(id, text),
            create: (fields) => this.#changes.create(fields),
            statuses: () => this.#view.allStatuses,
            mayWrite: () => this.mayWrite,
        };
    }

    #closeSheet() {
        this.#sheet.close();
        this.#route.set({ task: "" });
    }

    #sheetActs() {
        return {
            task: (id) => this.tasks.get(id),
            known: (id) => this.tasks.known(id),
            actor: (id) => this.tasks.actorOf(id) === this.client.userId ? "You" : this.tasks.actorOf(id),
            statuses: () => this.#view.allStatuses,
            users: () => this.users(),
            mayWrite: () => this.mayWrite,
            typingIn: (id) => this.#presence.typingIn(id),
            isLate: (id) => this.#unsent.isLate(id),
            save: (id, patch, version, before) => this.#save(id, patch, version, before),
            move: (id, status) => this.#acts.move(id, status),
            remove: (id) => this.#acts.remove(id),
            typing: (id, is) => this.#presence.say(id, is),
            putBack: (draft) => this.#rescue.putBack(draft),
            discarded: (draft) => this.#rescue.discarded(draft),
            copy: (text) => this.#rescue.copy(text),
            history: (root, id) => this.#history.attach(root, id),
            closed: () => this.#closeSheet(),
        };
    }

    async #save(id, patch, version, task) {
        const before = Object.fromEntries(Object.keys(patch).map((name) => [name, task[name]]));
        const saved = await this.#changes.update(id, patch, version, before);
        if (saved) {
            this.#rescue.saved(id, patch, before);
            this.#acts.saved(id, patch, before);
        }
        return saved;
    }
}
