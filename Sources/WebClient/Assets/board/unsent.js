/** How long a write may take before the user sees that it has no answer, in milliseconds. */
const patience = 2500;

/** The user's writes that have no answer yet. Those that have waited longer than usual are late, and are shown as such. */
export class Unsent {
    /** `{ id, what, name, isLate, timer }` by op, oldest first. */
    #waiting = new Map();
    #changed;

    /** `changed(id)` is called when a write about the task `id` becomes late, or late no more. */
    constructor(changed) {
        this.#changed = changed;
    }

    /** `what` is "create", "update", "move" or "delete"; `name` is the task's. */
    begin(op, { id, what, name, isLate = false }) {
        const write = { id, what, name, isLate: false, timer: setTimeout(() => this.late(op), patience) };
        this.#waiting.set(op, write);
        if (isLate || !navigator.onLine) this.late(op);
    }

    late(op) {
        const write = this.#waiting.get(op);
        if (!write || write.isLate) return;
        clearTimeout(write.timer);
        write.isLate = true;
        this.#changed(write.id);
    }

    end(op) {
        const write = this.#waiting.get(op);
        if (!write) return;
        clearTimeout(write.timer);
        this.#waiting.delete(op);
        this.#changed(write.id);
    }

    isLate(id) {
        return this.overdue().some((write) => write.id === id);
    }

    get size() {
        return this.#waiting.size;
    }

    /** The writes that are late. */
    overdue() {
        return [...this.#waiting.values()].filter(({ isLate }) => isLate);
    }
}
