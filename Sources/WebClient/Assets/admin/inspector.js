import { curl } from "./curl.js";
import { announce, arrange, copy, find, make, setAttribute, setText } from "../shared/dom.js";
import { count, milliseconds, plural } from "./format.js";
import { timeOf } from "../shared/times.js";

/** How many events are kept, and how many of the matching ones are on the page. */
const kept = 1000;
const shown = 200;

/** Makes a predicate for types from a pattern such as `task.*, typing`. */
function typesMatch(text) {
    const wanted = text.split(/[\s,]+/).filter(Boolean);
    return (type) => wanted.length === 0
        || wanted.some((one) => one === type || one.endsWith("*") && type.startsWith(one.slice(0, -1)));
}

/** Shows the newest events as they arrive; they can be paused, filtered, expanded and copied. */
export class Inspector {
    /** Newest first: `{ event, before, latency, text, row }`, the last two made on demand. */
    #records = [];
    #waiting = [];
    #paused = false;
    #chosen = null;
    #scheduled = false;
    #form = find("#event-filter");
    #list = find("#event-list");
    #pause = find("#pause");

    constructor() {
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
        if (into.length > kept) into.length = kept;
        this.#schedule();
    }

    /** Updates the view after it was hidden. */
    show() {
        this.#render();
    }

    clear() {
        [this.#records, this.#waiting, this.#chosen] = [[], [], null];
        this.#render();
    }

    #turn(paused) {
        this.#paused = paused;
        if (!paused) {
            this.#records = [...this.#waiting, ...this.#records].slice(0, kept);
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
        const rows = found.slice(0, shown).map((record) => record.row ??= makeRow(record));
        arrange(this.#list, rows.map((button) => button.parentNode));
        setText(find("#events-count"), found.length > shown
            ? `The newest ${count(shown)} of ${plural(found.length, "event")}` : plural(found.length, "event"));
        const empty = find("#no-events");
        empty.hidden = found.length > 0;
        setText(empty, this.#records.length === 0 ? "Nothing has happened since this page was opened."
            : "No event matches.");
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
        make("time", { datetime: timestamp }, timeOf(timestamp)), make("b", {}, type),
        make("span", { class: "about" }, about), make("span", { class: "where" }, boardId ?? "everyone"),
        make("span", { class: "who" }, actor ?? userId ?? ""),
        make("span", { class: "number" }, latency === null ? "" : milliseconds(latency)));
    make("li", {}, row);
    return row;
}
