import { columnName } from "./column-names.js";
import { dateAndTime, dayOf, timeOf } from "../shared/times.js";
import { showChanges } from "./words.js";
import { avatar, find, make, setText } from "../shared/dom.js";

/** The most events that are shown. */
const most = 50;
const labelOf = { assigneeId: "assignee", dueAt: "due date", status: "column" };
const verbs = {
    "task.created": "added", "task.updated": "edited", "task.status_changed": "moved", "task.deleted": "deleted",
    "board.created": "made the board", "board.updated": "changed the board", "board.deleted": "deleted the board",
    "job.created": "started", "job.progress": "is at work", "job.completed": "finished", "job.failed": "failed",
};

/** The activity of the board, newest first. */
export class Feed {
    #root = find("#activity");
    #client;
    #board;
    #names;
    /** The rows by event number, so that an event that arrives twice has one row. */
    #rows = new Map();
    /** The row of each job's progress, of which the newest alone is shown. */
    #jobs = new Map();
    #loaded = false;

    /** `name(taskId)` returns the current name of a task. */
    constructor(client, board, { name, open }) {
        [this.#client, this.#board] = [client, board];
        this.#names = { name, open };
        find(".rows", this.#root).replaceChildren();
        client.on("*", (event) => event.seq && this.#add([event]));
    }

    /** Shows the feed; the newest events are loaded once, on first use. */
    async show() {
        if (this.#loaded) return;
        this.#loaded = true;
        try {
            const path = `/api/events?board=${encodeURIComponent(this.#board)}&limit=${most}`;
            this.#add((await this.#client.request("GET", path)).body.events);
        } catch {
            this.#loaded = false;
        }
    }

    /** Loads the events again, since some may be missing. */
    async reload() {
        this.#loaded = false;
        if (!this.#root.hidden) await this.show();
    }

    #add(events) {
        const list = find(".rows", this.#root);
        for (const event of events) {
            if (this.#rows.has(event.seq)) continue;
            if (this.#isSurpassed(event)) continue;
            const row = this.#makeRow(event);
            this.#rows.set(event.seq, row);
            const behind = [...list.children].find((other) => Number(other.dataset.seq) < event.seq);
            list.insertBefore(row, behind ?? null);
        }
        while (list.childElementCount > most) {
            this.#rows.delete(Number(list.lastElementChild.dataset.seq));
            list.lastElementChild.remove();
        }
        const count = list.childElementCount;
        const words = count === 1 ? "1 event" : `${count} events`;
        setText(find(".count", this.#root), count === most ? `The last ${words}` : words);
        find(".empty", this.#root).hidden = count > 0;
    }

    /** Whether a later progress of the same job is shown; an earlier one is removed. */
    #isSurpassed({ type, jobId, seq }) {
        if (type !== "job.progress") return false;
        const shown = this.#jobs.get(jobId) ?? 0;
        if (shown > seq) return true;
        this.#rows.get(shown)?.remove();
        this.#rows.delete(shown);
        this.#jobs.set(jobId, seq);
        return false;
    }

    #makeRow(event) {
        const who = event.actor ?? "";
        const row = make("li", { "data-seq": event.seq },
            make("span", { class: "number", text: `${event.seq}` }),
            make("time", { datetime: event.timestamp, text: whenOf(event.timestamp), title: dateAndTime(event.timestamp) }),
            make("span", { class: "who" }, ...who ? [avatar(who), make("span", { text: who })] : []),
            make("span", { class: "verb", title: event.type, text: verbs[event.type] ?? event.type }));
        const what = make("span", { class: "what" });
        if (event.taskId !== undefined) {
            const name = event.task?.name ?? this.#names.name(event.taskId) ?? `#${event.taskId}`;
            const open = make("button", { type: "button", class: "link", text: name });
            open.addEventListener("click", () => this.#names.open(event.taskId));
            what.append(open, " ");
        }
        what.append(...[sentence(event)].flat());
        row.append(what);
        return row;
    }
}

/** The time, with the day if it is not today. */
function whenOf(timestamp) {
    const isToday = new Date(timestamp).toDateString() === new Date().toDateString();
    return isToday ? timeOf(timestamp) : `${dayOf(timestamp)}, ${timeOf(timestamp)}`;
}

/** What happened, as text or as a list of texts and elements. */
function sentence({ type, changes, previousStatus, newStatus, data, board, job }) {
    if (type === "task.status_changed") return `${columnName(previousStatus)} → ${columnName(newStatus)}`;
    if (type === "task.updated" && changes) {
        const parts = Object.entries(changes).filter(([name]) => name !== "rank")
            .flatMap(([name, [before, after]]) => ["; ", ...changeOf(name, before, after)]);
        return parts.length > 0 ? parts.slice(1) : "moved in its column";
    }
    if (job !== undefined) return jobOf(type, job);
    if (data !== undefined) return shorten(JSON.stringify(data));
    return board?.name ?? "";
}

/** A text as its changed words, anything else as what it was and what it is. */
function changeOf(name, before, after) {
    const label = `${labelOf[name] ?? name}: `;
    const isText = (name === "name" || name === "description") && before !== "" && after !== "";
    return isText ? [label, showChanges(before, after, { brief: true })]
        : [`${label}${say(name, before)} → ${say(name, after)}`];
}

function jobOf(type, { name, status, progress, message, error }) {
    if (type === "job.failed") return [`“${name}”`, status === "cancelled" ? "cancelled" : error].filter(Boolean).join(" · ");
    if (type !== "job.progress") return `“${name}”`;
    return [`“${name}”`, status === "queued" ? "waits to begin" : `${progress} %`, message].filter(Boolean).join(" · ");
}

function say(name, value) {
    if (value === null || value === "" || value.length === 0) return "nothing";
    if (name === "dueAt") return dayOf(value);
    return shorten(Array.isArray(value) ? value.join(", ") : String(value));
}

const shorten = (text) => text.length > 60 ? `${text.slice(0, 59)}…` : text;
