import { columnName } from "./column-names.js";
import { announce, copy } from "../shared/dom.js";
import { fields, same, textOf } from "./draft.js";
import { refusalOf } from "./news.js";
import { losesWords } from "./words.js";

const texts = ["name", "description"];
const labelOf = { name: "name", description: "description", priority: "priority", labels: "labels",
    assigneeId: "assignee", dueAt: "due date" };
/** How soon after the user's own a change by somebody else is about it, in milliseconds. */
const soon = 30_000;
const mostSaved = 200;

/**
 * Sees to it that nothing of what the user wrote is lost by what others do, and that the user hears of it: of tasks that
 * are deleted while they are edited, of texts that are replaced, of changes that are refused.
 */
export class Rescue {
    #tasks;
    #drafts;
    #notices;
    #me;
    #act;
    /** What the user saved in this visit: task's id → field → `{ mine, before, at }`. */
    #saved = new Map();
    /** Where the user moved cards: task's id → `{ status, at }`. */
    #moves = new Map();

    /**
     * `act`: `{ open(id), openId(), close(), refresh(id), refused(id, text), create(fields), statuses(), mayWrite() }`;
     * `me()` is the user's id.
     */
    constructor({ tasks, drafts, notices, me }, act) {
        [this.#tasks, this.#drafts, this.#notices, this.#me, this.#act] = [tasks, drafts, notices, me, act];
    }

    // MARK: Tasks that are gone

    /** Somebody else deleted a task. */
    lost(id, actor) {
        if (this.#tasks.isLeaving(id)) return this.#drafts.drop(id);
        const [draft, who] = [this.#drafts.get(id), actor ?? "Somebody"];
        if (draft?.isDirty) {
            draft.gone = { who, what: "task" };
            const text = `${who} deleted “${draft.base.name}” while you had changes there that are not saved.`;
            if (this.#act.openId() === id) announce(text);
            else this.#offer(text, id);
            this.#notices.note(text, id);
        } else if (this.#act.openId() === id) {
            const { base } = draft;
            this.#drafts.drop(id);
            const actions = this.#act.mayWrite() ? [["Put it back", () => this.#recreate(base)]] : [];
            this.#notices.say(`${who} deleted “${base.name}”, which you had open.`, { actions, stay: 15_000 });
        }
    }

    boardGone(actor) {
        const who = actor ?? "Somebody";
        for (const [id, draft] of this.#drafts.dirty()) {
            draft.gone = { who, what: "board" };
            if (this.#act.openId() === id) continue;
            this.#notices.say(`You have written something in “${draft.base.name}” that is not saved.`, {
                actions: [["Copy it", () => this.copy(textOf(draft))]], tone: "bad", stay: Infinity,
            });
        }
    }

    /** Makes the task of a draft anew, with what the user wrote. */
    putBack(draft) {
        this.#act.close();
        this.#recreate({ ...draft.base, ...draft.written }, () => this.#drafts.drop(draft.base.id));
    }

    /** The user has discarded what they wrote. */
    discarded(draft) {
        const { id } = draft.base;
        this.#notices.say("Your changes are discarded.", { action: "Undo", act: () => {
            this.#drafts.restore(id, draft);
            if (this.#act.openId() === id) this.#act.refresh(id);
            else this.#act.open(id);
        } });
    }

    async #recreate(task, done = () => {}) {
        const statuses = this.#act.statuses();
        const status = statuses.includes(task.status) ? task.status : statuses[0];
        const values = Object.fromEntries(fields.map((name) => [name, task[name]]));
        const made = this.#act.create({ ...values, status });
        // From here on it is kept as a change that is to be sent.
        done();
        const { id, name } = await made ?? {};
        if (id) this.#notices.say(`“${name}” is back.`, { action: "Open", act: () => this.#act.open(id) });
    }

    #offer(text, id) {
        const draft = this.#drafts.get(id);
        const back = draft.gone.what === "task" && this.#act.mayWrite();
        this.#notices.say(text, { tone: "bad", stay: Infinity, actions: [
            ...back ? [["Put it back", () => this.putBack(draft)]] : [],
            ["Copy mine", () => this.copy(textOf(draft))],
            ["Show", () => this.#act.open(id)],
        ] });
    }

    async copy(text) {
        const isCopied = await copy(text);
        this.#notices.say(isCopied ? "Copied." : "The browser does not let this page copy. Select the text and copy it by hand.",
            { stay: 3000 });
    }

    // MARK: Texts that were replaced

    /** The user's values are saved. */
    saved(id, patch, before) {
        const values = this.#saved.get(id) ?? {};
        for (const [name, mine] of Object.entries(patch)) values[name] = { mine, before: before[name], at: Date.now() };
        this.#saved.delete(id);
        this.#saved.set(id, values);
        if (this.#saved.size > mostSaved) this.#saved.delete(this.#saved.keys().next().value);
        // Somebody may have been that quick.
        this.compare(id);
    }

    /** Finds out whether somebody else has replaced what the user saved in a task. */
    compare(id) {
        const [task, values] = [this.#tasks.known(id), this.#saved.get(id)];
        if (!task || !values) return;
        const actor = this.#tasks.actorOf(id);
        for (const [name, { mine, before, at }] of Object.entries(values)) {
            if (same(task[name], mine)) continue;
            delete values[name];
            const matters = texts.includes(name) ? losesWords(mine, task[name]) : Date.now() - at < soon;
            if (!matters || actor === this.#me()) continue;
            const who = actor ?? "Somebody";
            this.#drafts.of(task).replaced[name] = { who, mine, before };
            const text = `${who} replaced your ${labelOf[name]} of “${task.name}”.`;
            this.#notices.note(text, id);
            if (this.#act.openId() === id) announce(text);
            else this.#notices.say(text, { action: "Show", act: () => this.#act.open(id), stay: 30_000 });
        }
        this.#act.refresh(id);
    }

    // MARK: Moves

    /** The user has moved a card. */
    moved(id, status) {
        this.#moves.set(id, { status, at: Date.now() });
        if (this.#moves.size > mostSaved) this.#moves.delete(this.#moves.keys().next().value);
    }

    /** What to say when somebody else moves a card that the user has just moved; otherwise undefined. */
    moveOf({ type, taskId, actor, task, previousStatus, newStatus }) {
        const move = this.#moves.get(taskId);
        if (type !== "task.status_changed" || !move || actor === this.#me()) return undefined;
        this.#moves.delete(taskId);
        if (Date.now() - move.at > soon || previousStatus !== move.status) return undefined;
        return `${actor} moved “${task.name}” on, from ${columnName(previousStatus)} to ${columnName(newStatus)}`;
    }

    // MARK: Changes that were refused, and those of earlier visits

    /** A change was undone: says why, and how to go on. What was written is in a draft. */
    refused(error, what, task, change) {
        const { id, name } = change;
        const text = refusalOf(error, what, task ?? { name }, this.#tasks.actorOf(id));
        if (what === "create") return this.#notAdded(text, change, error);
        if (what !== "update") return this.#notices.say(text, { tone: "bad", stay: 12_000 });
        const wasGone = this.#drafts.get(id)?.gone;
        this.#keep(change);
        if (this.#act.refused(id, text) || wasGone) return;
        if (this.#drafts.get(id)?.gone) return this.#offer(text, id);
        const actions = this.#tasks.known(id) ? [["Open", () => this.#act.open(id)]] : [];
        this.#notices.say(text, { tone: "bad", stay: Infinity, actions });
    }

    /** A change of an earlier visit could not be sent for so long that the user is asked first. */
    expired(change) {
        const { what, name } = change;
        if (what === "create") this.#notAdded(`“${name}”, which you added some days ago, was never sent.`, change);
        if (what === "update") this.#keep(change);
    }

    /** Makes a draft of a change that is not saved, unless there is one. */
    #keep({ id, patch, before }) {
        const task = this.#tasks.known(id);
        if (!task && !this.#drafts.get(id)) return;
        const draft = this.#drafts.get(id) ?? this.#drafts.of({ ...task, ...before });
        for (const [name, value] of Object.entries(patch)) if (!(name in draft.written)) draft.write(name, value);
        if (task) draft.rebase(task);
        if (!task && draft.isDirty) draft.gone ??= { who: "Somebody", what: "task" };
        this.#drafts.keep(id);
    }

    #notAdded(text, { fields: values }, error) {
        const isFinal = [403, 404].includes(error?.status);
        const { name, description } = values;
        this.#notices.say(text, { tone: "bad", stay: Infinity, actions: [
            ...isFinal ? [] : [["Add it now", () => this.#act.create(values)]],
            ["Copy it", () => this.copy([name, description].filter(Boolean).join("\n\n"))],
        ] });
    }

    /** Takes up the drafts of an earlier visit, and says that they are there. */
    restore() {
        const found = [];
        for (const [id, draft] of this.#drafts.dirty()) {
            const task = this.#tasks.known(id);
            if (task) {
                draft.rebase(task);
                this.#drafts.keep(id);
                if (draft.isDirty) found.push([id, draft]);
            } else {
                draft.gone = { who: "Somebody", what: "task" };
                this.#offer(`“${draft.base.name}” was deleted. You had changes there that are not saved.`, id);
            }
        }
        if (found.length === 0) return;
        const [[id, { base }]] = found;
        const where = found.length === 1 ? `in “${base.name}”` : `in ${found.length} tasks`;
        this.#notices.say(`You have changes ${where} that are not saved.`, {
            action: found.length === 1 ? "Open" : "Open the first", act: () => this.#act.open(id), stay: 20_000,
        });
    }
}
