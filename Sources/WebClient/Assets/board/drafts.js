import { Shelf } from "../shared/stored.js";
import { Draft } from "./draft.js";

/** How long a draft is kept that nobody comes back to, in milliseconds. */
const kept = 30 * 86_400_000;

/**
 * The tasks of a board that the user is editing, by id. What is not saved is kept in the browser's storage with each
 * letter, so that it outlives the sheet, the tab and the task.
 */
export class Drafts {
    #drafts = new Map();
    #shelf;
    #changed;

    /** `owner` is the name of the user; `changed(id)` is called when a draft begins or ends to differ from its task. */
    constructor(owner, board, changed) {
        this.#changed = changed;
        this.#shelf = new Shelf(() => localStorage, `boardcast.draft/${owner}/${board}/`, kept);
        for (const [id, value] of this.#shelf.all()) this.#drafts.set(Number(id), Draft.restored(value));
    }

    /** Whether all that is written is kept when the tab is closed: there may be no storage, or it may be full. */
    get areSafe() {
        return this.#shelf.isSafe;
    }

    get(id) {
        return this.#drafts.get(id);
    }

    /** The draft of a task, a new one when there is none. */
    of(task) {
        if (!this.#drafts.has(task.id)) this.#drafts.set(task.id, new Draft(task));
        return this.#drafts.get(task.id);
    }

    isDirty(id) {
        return this.#drafts.get(id)?.isDirty ?? false;
    }

    /** The drafts that differ from their tasks, by id. */
    dirty() {
        return [...this.#drafts].filter(([, draft]) => draft.isDirty);
    }

    /** To be called after each change of a draft. */
    keep(id) {
        const draft = this.#drafts.get(id);
        if (draft?.isDirty) this.#shelf.put(id, draft.kept);
        else this.#shelf.remove(id);
        this.#changed(id);
    }

    drop(id) {
        this.#drafts.delete(id);
        this.keep(id);
    }

    /** Takes a draft up again that was dropped, unless there is another by now. */
    restore(id, draft) {
        if (this.isDirty(id)) return;
        this.#drafts.set(id, draft);
        this.keep(id);
    }

    /** Forgets a draft that has nothing of the user's. */
    tidy(id) {
        const draft = this.#drafts.get(id);
        if (draft && !draft.isDirty && Object.keys(draft.replaced).length === 0) this.drop(id);
    }
}
