import { curl } from "./curl.js";
import { announce, arrange, copy, find, make, setAttribute, setText } from "../shared/dom.js";
import { count, milliseconds, plural } from "./format.js";
import { Past } from "../shared/past.js";
import { dateAndTime, timeOf } from "../shared/times.js";

/** How many events are kept, and how many of the matching ones are on the page. */
const kept = 1000;
const shown = 200;
/** How many older ones are loaded at a time, and the most that are kept with them. */
const older = 200;
const largest = 5000;

/** Makes a predicate for types from a pattern such as `task.*, typing`. */
function typesMatch(text) {
    const wanted = text.split(/[\s,]+/).filter(Boolean);
    return (type) => wanted.length === 0
        || wanted.some((one) => one === type || one.endsWith("*") && type.startsWith(one.slice(0, -1)));
}

/** Shows the newest events as they arrive, and older ones from the log; they can be paused, filtered, expanded, copied. */
export class Inspector {
    /** Newest first: `{ event, before, latency, text, row }`, the last two made on demand. */
    #records = [];
    #waiting = [];
    #paused = false;
    #chosen = null;
    #scheduled = false;
    /** The log before this page was opened, once it has been asked for. */
    #past = null;
    #kept = kept;
    #shown = shown;
    #request;
    #older = find("#older-events");
    #form = find("#event-filter");
    #list = find("#event-list");
    #pause = find("#pause");

    /** `request` is the client's; `again(event)` is called to publish an event once more. */
    constructor(request, again) {
        this.#request = request;
        this.#older.addEventListener("click", () => this.#load());
        find("#publish-again").addEventListener("click", () => again(this.#chosen.event));
        this.#form.addEventListener("input", () => this.#render());
        this.#form.addEventListener("submit", (event) => event.preventDefault());
        this.#pause.addEventListener("click", () => this.#turn(!this.#paused));
        find("#clear").addEventListener("click", () => this.clear());
        this.#list.addEventListener("click", ({ target }) => this.#choose(target.closest("button")));
        this.#list.addEventListener("keydown", (event) => this.#press(event));
        find("#close-event").addEventListener("click", () => this.#close());
        find("#copy-curl").addEventListener("click", () => this.#copy("#curl", "The command"));
        find("#copy-json").addEventListener("click", () => this.#copy("#event-json", "The event"));
        this.#render();
    }

    /**
     * @param before the cursor of the event before it
     * @param latency milliseconds from its timestamp to its arrival; null for a replayed event
     */
    take(event, before, latency) {
        const record = { event, before, latency, text: null, row: null };
        const into = this.#paused ? this.#waiting : this.#records;
        into.unshift(record);
        if (into.length > this.#kept) into.length = this.#kept;
        this.#schedule();
    }

    /** Updates the view after it was hidden. */
    show() {
        this.#render();
    }

    clear() {
        [this.#records, this.#waiting, this.#chosen, this.#past] = [[], [], null, null];
        [this.#kept, this.#shown] = [kept, shown];
        this.#render();
    }

    async #load() {
        const past = this.#past ??= new Past(this.#request, "");
        this.#older.disabled = true;
        try {
            const known = new Set([...this.#records, ...this.#waiting].map(({ event }) => event.seq));
            const found = (await past.older(older)).filter(({ seq }) => !known.has(seq));
            if (past !== this.#past) return;
            this.#kept = Math.min(largest, this.#kept + found.length);
            this.#shown = Math.min(largest, this.#shown + found.length);
            const records = found.map((event) => ({ event, before: past.before(event.seq), latency: null, text: null, row: null }));
            this.#records = [...this.#records, ...records].slice(0, this.#kept);
        } catch (error) {
            if (past.reachesTo === null) this.#past = null;
            announce(`Older events can't be read now: ${error.detail ?? error.message}`);
        } finally {
            this.#older.disabled = false;
        }
        this.#render();
    }

    #turn(paused) {
        this.#paused = paused;
        if (!paused) {
            this.#records = [...this.#waiting, ...this.#records].slice(0, this.#kept);
            this.#waiting = [];
        }
        this.#render();
    }

    #schedule() {
        if (this.#scheduled) return;
        this.#scheduled = true;
        // A tab in the background gets no frames; it is updated when it becomes visible.
        requestAnimationFrame(() => {
            this.#scheduled = false;
            if (this.#form.checkVisibility()) this.#render();
        });
    }

    #render() {
        setAttribute(this.#pause, "aria-pressed", this.#paused);
        const fresh = this.#waiting.length;
        setText(this.#pause, !this.#paused ? "Pause" : fresh === 0 ? "Resume" : `Resume, ${count(fresh)} new`);
        const { types, text, passing } = this.#form.elements;
        const matches = typesMatch(types.value);
        const words = text.value.toLowerCase();
        const found = this.#records.filter((record) => matches(record.event.type)
            && (passing.checked || record.event.seq !== undefined)
            && (words === "" || (record.text ??= JSON.stringify(record.event).toLowerCase()).includes(words)));
        const rows = found.slice(0, this.#shown).map((record) => record.row ??= makeRow(record));
        arrange(this.#list, rows.map((button) => button.parentNode));
        setText(find("#events-count"), found.length > this.#shown
            ? `The newest ${count(this.#shown)} of ${plural(found.length, "event")}` : plural(found.length, "event"));
        const empty = find("#no-events");
        empty.hidden = found.length > 0;
        setText(empty, this.#records.length === 0 ? "Nothing has happened since this page was opened."
            : "No event matches.");
        const reach = this.#past?.reachesTo;
        this.#older.hidden = this.#past?.isAtEnd === true || this.#kept === largest;
        setText(find("#events-reach"), reach ? `${this.#past.isAtEnd ? "The log begins at" : "Read back to"} ${dateAndTime(reach)}.` : "");
        // What is filtered away is not shown beside the list either.
        if (this.#chosen !== null && !found.includes(this.#chosen)) this.#chosen = null;
        this.#detail();
    }

    #choose(button) {
        if (!button) return;
        this.#chosen = this.#records.find(({ row }) => row === button) ?? null;
        this.#detail();
        find("#event-detail").scrollIntoView({ block: "nearest" });
    }

    #close() {
        const row = this.#chosen?.row;
        this.#chosen = null;
        this.#detail();
        row?.focus();
    }

    #press(event) {
        const item = event.target.closest("li");
        const next = { ArrowDown: item?.nextElementSibling, ArrowUp: item?.previousElementSibling }[event.key];
        if (next === undefined) return;
        event.preventDefault();
        next?.firstElementChild.focus();
    }

    #detail() {
        for (const button of this.#list.querySelectorAll("[aria-pressed=true]")) {
            if (button !== this.#chosen?.row) setAttribute(button, "aria-pressed", "false");
        }
        find("#event-detail").hidden = this.#chosen === null;
        if (this.#chosen === null) {
            for (const selector of ["#event-name", "#event-json", "#curl"]) setText(find(selector), "");
            return;
        }
        const { event, before, row, latency } = this.#chosen;
        find("#publish-again").hidden = !("data" in event);
        setAttribute(row, "aria-pressed", "true");
        setText(find("#event-name"), event.seq === undefined ? event.type : `${event.type} · ${count(event.seq)}`);
        setText(find("#event-about"), [
            latency === null ? "From before this page was connected."
                : `Here ${milliseconds(latency)} after its timestamp.`,
            event.seq === undefined ? "Not logged: who was not connected never hears of it." : "",
        ].join(" "));
        setText(find("#event-json"), JSON.stringify(event, null, 2));
        setText(find("#curl"), curl(new URL(".", location.href), event, before));
    }

    async #copy(selector, what) {
        const source = find(selector);
        if (await copy(source.textContent)) return announce(`${what} is copied.`);
        getSelection().selectAllChildren(source);
        announce(`${what} is selected: copy it with Ctrl+C.`);
    }
}

function makeRow({ event, latency }) {
    const { type, boardId, taskId, actor, userId, timestamp } = event;
    const about = event.task?.name ?? (taskId === undefined ? "" : `task ${taskId}`);
    const row = make("button", { type: "button", "aria-pressed": "false" },
        make("time", { datetime: timestamp, title: dateAndTime(timestamp) }, timeOf(timestamp)), make("b", {}, type),
        make("span", { class: "about" }, about), make("span", { class: "where" }, boardId ?? "everyone"),
        make("span", { class: "who" }, actor ?? userId ?? ""),
        make("span", { class: "number" }, latency === null ? "" : milliseconds(latency)));
    make("li", {}, row);
    return row;
}
