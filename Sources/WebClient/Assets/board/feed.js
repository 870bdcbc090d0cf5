import { storyRow } from "./story.js";
import { find, setText } from "../shared/dom.js";
import { Past } from "../shared/past.js";
import { dateAndTime } from "../shared/times.js";

/** How many events are shown at first, how many older ones are added at a time, and the most of all. */
const most = 50;
const largest = 2000;

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
    #past = null;
    /** The most events that are shown. */
    #most = most;
    #more = find(".more-events", this.#root);
    #isLoading = false;

    /** `name(taskId)` returns the current name of a task. */
    constructor(client, board, names, signal) {
        [this.#client, this.#board, this.#names] = [client, board, names];
        find(".rows", this.#root).replaceChildren();
        this.#more.hidden = true;
        client.on("*", (event) => {
            // Once the user has gone back, what is new must not push out what was looked for.
            if (event.seq && this.#most > most) this.#most = Math.min(largest, this.#most + 1);
            if (event.seq) this.#add([event]);
        });
        this.#more.addEventListener("click", () => {
            // Rows may have been pushed out until now.
            if (this.#most === most) this.#past = null;
            this.#most += most;
            this.#load();
        }, { signal });
    }

    /** Shows the feed; the newest events are loaded once, on first use. */
    async show() {
        if (this.#past === null) await this.#load();
    }

    /** Loads the events again, since some may be missing. */
    async reload() {
        [this.#past, this.#most] = [null, most];
        if (!this.#root.hidden) await this.show();
    }

    async #load() {
        if (this.#isLoading) return;
        this.#isLoading = true;
        const past = this.#past ??= new Past((...call) => this.#client.request(...call), `board=${encodeURIComponent(this.#board)}`);
        try {
            this.#add(await past.older(past.reachesTo === null ? this.#most : most));
        } catch {
            if (past === this.#past && past.reachesTo === null) this.#past = null;
        } finally {
            this.#isLoading = false;
        }
        this.#more.hidden = past.isAtEnd || past.reachesTo === null || this.#most >= largest;
    }

    #add(events) {
        const list = find(".rows", this.#root);
        for (const event of events) {
            if (this.#rows.has(event.seq)) continue;
            if (this.#isSurpassed(event)) continue;
            const row = storyRow(event, this.#names);
            this.#rows.set(event.seq, row);
            const behind = [...list.children].find((other) => Number(other.dataset.seq) < event.seq);
            list.insertBefore(row, behind ?? null);
        }
        while (list.childElementCount > this.#most) {
            this.#rows.delete(Number(list.lastElementChild.dataset.seq));
            list.lastElementChild.remove();
        }
        const count = list.childElementCount;
        const words = count === 1 ? "1 event" : `${count} events`;
        const reach = this.#past?.isAtEnd && this.#past.reachesTo;
        setText(find(".count", this.#root), reach ? `${words}, since ${dateAndTime(reach)}` : count >= this.#most ? `The last ${words}` : words);
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
}
