import { columnName } from "./column-names.js";
import { dayOf, timeOf } from "../shared/times.js";
import { avatar, find, make, setText } from "../shared/dom.js";

/** The most events that are shown. */
const most = 50;
const labelOf = { assigneeId: "assignee", dueAt: "due date", status: "column" };

/** The activity of the board, newest first. */
export class Feed {
    #root = find("#activity");
    #client;
    #board;
    #names;
    /** The rows by event number, so that an event that arrives twice has one row. */
    #rows = new Map();
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

    #makeRow(event) {
        const who = event.actor ?? "";
        const row = make("li", { "data-seq": event.seq },
            make("span", { class: "number", text: `${event.seq}` }),
            make("time", { datetime: event.timestamp, text: timeOf(event.timestamp), title: event.timestamp }),
            make("span", { class: "who" }, ...who ? [avatar(who), make("span", { text: who })] : []),
            make("code", { text: event.type }));
        const what = make("span", { class: "what" });
        if (event.taskId !== undefined) {
            const name = event.task?.name ?? this.#names.name(event.taskId) ?? `#${event.taskId}`;
            const open = make("button", { type: "button", class: "link", text: name });
            open.addEventListener("click", () => this.#names.open(event.taskId));
            what.append(open, " ");
        }
        what.append(sentence(event));
        row.append(what);
        return row;
    }
}

function sentence({ type, changes, previousStatus, newStatus, data, board }) {
    if (type === "task.status_changed") return `${columnName(previousStatus)} → ${columnName(newStatus)}`;
    if (type === "task.updated" && changes) {
        const parts = Object.entries(changes).filter(([name]) => name !== "rank").map(([name, [before, after]]) =>
            `${labelOf[name] ?? name}: ${say(name, before)} → ${say(name, after)}`);
        return parts.join("; ") || "moved in its column";
    }
    if (data !== undefined) return shorten(JSON.stringify(data));
    return board?.name ?? "";
}

function say(name, value) {
    if (value === null || value === "" || value.length === 0) return "nothing";
    if (name === "dueAt") return dayOf(value);
    return shorten(Array.isArray(value) ? value.join(", ") : String(value));
}

const shorten = (text) => text.length > 60 ? `${text.slice(0, 59)}…` : text;
