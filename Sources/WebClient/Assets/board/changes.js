import { newKey } from "../../sdk/boardcast.js";

/** How long a deletion can be taken back, in milliseconds. */
const grace = 6000;

/**
 * The user's changes to tasks: each is shown at once, sent in order, and undone by itself when it is refused.
 *
 * A change without an answer stays shown, and is sent again under the same idempotency key when the connection is back.
 */
export class Changes {
    #client;
    #tasks;
    #board;
    #refused;
    /** The last call about each task: calls about one task are made one after another. */
    #turns = new Map();
    /** Deletions that can still be taken back. */
    #leaving = new Map();

    /** `refused(error, what, task)`: `what` is "create", "update", "move" or "delete". */
    constructor(client, board, tasks, refused, signal) {
        [this.#client, this.#board, this.#tasks, this.#refused] = [client, board, tasks, refused];
        addEventListener("pagehide", () => this.#sendDeletions(), { signal });
        document.addEventListener("visibilitychange", () => document.hidden && this.#sendDeletions(), { signal });
        signal.addEventListener("abort", () => this.#sendDeletions());
    }

    async create(fields) {
        const op = newKey();
        const unsaid = { description: "", priority: "medium", assigneeId: null, labels: [], dueAt: null, version: 0 };
        this.#tasks.ask({ op, id: op, created: { id: op, ...unsaid, ...fields } });
        return this.#perform(op, "create", fields, (options) =>
            this.#client.createTask({ boardId: this.#board, ...fields }, options));
    }

    /** `version` is the one that the user looked at: a later version is not overwritten unseen. */
    async update(id, patch, version) {
        const op = newKey();
        this.#tasks.ask({ op, id, patch });
        return this.#inTurn(id, version, (seen) =>
            this.#perform(op, "update", this.#tasks.known(id), (options) =>
                this.#client.updateTask(id, patch, { ...options, version: seen })));
    }

    async move(id, status, after) {
        const op = newKey();
        this.#tasks.ask({ op, id, place: { status, after } });
        return this.#inTurn(id, null, () =>
            this.#perform(op, "move", this.#tasks.known(id), (options) =>
                this.#client.moveTask(id, { status, after }, options)));
    }

    /** Hides the task at once, and deletes it after the grace time. @returns a function that undoes this. */
    remove(task) {
        const op = newKey();
        this.#tasks.ask({ op, id: task.id, removed: true });
        this.#leaving.set(op, { task, timer: setTimeout(() => this.#delete(op), grace) });
        return () => {
            clearTimeout(this.#leaving.get(op)?.timer);
            if (this.#leaving.delete(op)) this.#tasks.drop(op);
        };
    }

    #sendDeletions() {
        for (const op of [...this.#leaving.keys()]) this.#delete(op);
    }

    #delete(op) {
        const { task, timer } = this.#leaving.get(op);
        clearTimeout(timer);
        this.#leaving.delete(op);
        this.#inTurn(task.id, task.version, (version) =>
            this.#perform(op, "delete", task, (options) => this.#client.deleteTask(task.id, { ...options, version })));
    }

    /** @returns the task as it is now, true for a deletion, or null when it was refused. */
    async #perform(op, what, task, call) {
        try {
            const answer = await this.#answered(() => call({ idempotencyKey: op }));
            this.#tasks.settle(op, answer?.task);
            return answer?.task ?? true;
        } catch (error) {
            if (error.status === 412) this.#tasks.learn(error.problem.task);
            if (error.status === 404 && what === "delete") this.#tasks.settle(op);
            else this.#tasks.drop(op);
            if (error.status !== 404 || what !== "delete") this.#refused(error, what, task);
            return null;
        }
    }

    /**
     * Sends a call until there is an answer; between tries it waits until the client reports that the gateway can be
     * reached.
     */
    async #answered(call) {
        for (;;) {
            try {
                return await call();
            } catch (error) {
                if (![0, 401, 429, 503].includes(error.status)) throw error;
                if (this.#client.state === "closed") throw error;
                await this.#reachable();
            }
        }
    }

    #reachable() {
        return new Promise((resolve) => {
            const off = this.#client.on("state", ({ state }) => settled(["live", "polling", "closed"].includes(state)));
            // A call can fail while the stream stays up.
            const timer = setTimeout(() => settled(["live", "polling"].includes(this.#client.state)), 3000);
            const settled = (is) => {
                if (!is) return;
                off();
                clearTimeout(timer);
                resolve();
            };
        });
    }

    async #inTurn(id, version, work) {
        const before = this.#turns.get(id);
        const turn = (async () => {
            const last = await before;
            // Our own change was the only one since, so it does not conflict with the next.
            const seen = version !== null && last?.version === version + 1 ? last.version : version;
            return work(seen);
        })();
        this.#turns.set(id, turn);
        try {
            return await turn;
        } finally {
            if (this.#turns.get(id) === turn) this.#turns.delete(id);
        }
    }
}
