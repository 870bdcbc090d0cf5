import { find, make, setAttribute, setText } from "../shared/dom.js";

/** The most jobs that are shown; the others are counted. */
const most = 4;
/** How long a finished job stays, in milliseconds. One that failed stays until it is dismissed. */
const lingers = 8000;

const finals = ["completed", "failed", "cancelled"];

/** The work in progress of the board's jobs, each with its progress, in a strip above the columns. */
export class JobStrip {
    #root = find("#jobs");
    #list = find("ul", this.#root);
    #client;
    #board;
    #mayCancel;
    #jobs = new Map();
    #over;

    /** `mayCancel(job)`: whether the user may cancel it. */
    constructor(client, board, mayCancel, signal) {
        [this.#client, this.#board, this.#mayCancel, this.#over] = [client, board, mayCancel, signal];
        this.#list.replaceChildren();
        this.#arrange();
        client.on("job.*", ({ job }) => job.boardId === board && this.#take(job));
        client.on("snapshot", () => this.#load());
    }

    /** Reads the unfinished jobs; those that have ended unseen meanwhile are gone. */
    async #load() {
        const path = (status) => `/api/jobs?board=${encodeURIComponent(this.#board)}&status=${status}&limit=20`;
        try {
            const answers = await Promise.all(["queued", "processing"].map((status) => this.#client.request("GET", path(status))));
            if (this.#over.aborted) return;
            const jobs = answers.flatMap(({ body }) => body.items);
            for (const { job } of [...this.#jobs.values()]) {
                if (!finals.includes(job.status) && !jobs.some(({ id }) => id === job.id)) this.#remove(job.id);
            }
            for (const job of jobs) this.#take(job);
        } catch {
            // The next event of each job has it.
        }
    }

    #take(job) {
        const known = this.#jobs.get(job.id);
        if (known && known.job.version >= job.version) return;
        const isFinal = finals.includes(job.status);
        if (!known && job.status === "completed") return;
        const entry = known ?? { element: this.#make(job.id) };
        entry.job = job;
        this.#jobs.set(job.id, entry);
        this.#fill(entry);
        if (isFinal && job.status !== "failed") setTimeout(() => this.#remove(job.id), lingers);
        this.#arrange();
    }

    #make(id) {
        return make("li", {}, make("span", { class: "name" }), make("progress", { max: 100 }),
            make("span", { class: "percent" }), make("span", { class: "message" }), make("span", { class: "who" }),
            make("button", { type: "button", class: "quiet", onclick: () => this.#press(id) }));
    }

    #fill({ job, element }) {
        const { name, status, progress, message, error, createdBy } = job;
        const part = (selector) => find(selector, element);
        const isFinal = finals.includes(status);
        setAttribute(element, "data-status", status);
        setText(part(".name"), name);
        part("progress").value = progress;
        part("progress").hidden = isFinal;
        setAttribute(part("progress"), "aria-label", name);
        setText(part(".percent"), { queued: "waits to begin", completed: "done", failed: "failed", cancelled: "cancelled" }[status]
            ?? `${progress} %`);
        setText(part(".message"), (status === "failed" ? error : isFinal ? "" : message) ?? "");
        setText(part(".who"), createdBy);
        const button = part("button");
        button.hidden = !isFinal && !this.#mayCancel(job);
        setText(button, isFinal ? "Dismiss" : "Cancel");
        setAttribute(button, "aria-label", `${isFinal ? "Dismiss" : "Cancel"} ${name}`);
    }

    #press(id) {
        const { job } = this.#jobs.get(id);
        if (finals.includes(job.status)) return this.#remove(id);
        this.#client.request("POST", `/api/jobs/${encodeURIComponent(id)}/cancel`).catch(() => {});
    }

    #remove(id) {
        this.#jobs.get(id)?.element.remove();
        this.#jobs.delete(id);
        this.#arrange();
    }

    #arrange() {
        const all = [...this.#jobs.values()].map(({ element }) => element);
        all.forEach((element, place) => {
            element.hidden = place >= most;
            if (!element.isConnected) this.#list.append(element);
        });
        const rest = find(".rest", this.#root);
        rest.hidden = all.length <= most;
        setText(rest, `and ${all.length - most} more`);
        this.#root.hidden = all.length === 0;
    }
}
