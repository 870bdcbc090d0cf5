import { storyRow } from "./story.js";
import { find, make, setText } from "../shared/dom.js";
import { Past } from "../shared/past.js";
import { dateAndTime } from "../shared/times.js";

/** How many changes of the board's tasks are looked through at a time. */
const stride = 500;

/** What happened to the open task, from the log: read when the user asks for it, and followed from then on. */
export class TaskHistory {
    #request;
    #board;
    #root = null;
    #id;
    #past = null;

    /** `request` is the client's. */
    constructor(request, board) {
        [this.#request, this.#board] = [request, board];
    }

    /** Shows it in `root`, which the user may open, for the task `id`. */
    attach(root, id) {
        [this.#root, this.#id, this.#past] = [root, id, null];
        root.addEventListener("toggle", () => root.open && this.#past === null && this.#load());
        find("button", root).addEventListener("click", () => this.#load());
    }

    /** Takes an event that has just come. */
    take(event) {
        if (event.taskId === this.#id && this.#past !== null && this.#root?.isConnected) this.#add([event], true);
    }

    async #load() {
        const [root, more] = [this.#root, find("button", this.#root)];
        const past = this.#past ??= new Past(this.#request, `board=${encodeURIComponent(this.#board)}&types=task.*`);
        more.disabled = true;
        try {
            this.#add((await past.older(stride)).filter(({ taskId }) => taskId === this.#id));
        } catch (error) {
            setText(find("p", root), `It can't be read now. ${error.detail ?? ""}`);
            if (past.reachesTo === null && past === this.#past) this.#past = null;
            return;
        } finally {
            more.disabled = false;
        }
        const isWhole = find("[data-begins]", root) !== null;
        more.hidden = isWhole || past.isAtEnd;
        const reach = past.reachesTo === null ? "The log is empty." : `The log is read back to ${dateAndTime(past.reachesTo)}.`;
        setText(find("p", root), isWhole ? "" : past.isAtEnd ? `${reach} It has nothing older.` : reach);
    }

    #add(events, areNew = false) {
        const list = find("ol", this.#root);
        for (const event of events) {
            if (find(`[data-seq="${event.seq}"]`, list)) continue;
            const row = storyRow(event);
            row.toggleAttribute("data-begins", event.type === "task.created");
            areNew ? list.prepend(row) : list.append(row);
        }
        if (list.childElementCount === 0) list.append(make("li", { class: "empty", text: "Nothing." }));
        else if (list.childElementCount > 1) find(".empty", list)?.remove();
    }
}
