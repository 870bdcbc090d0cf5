import { newKey } from "../../sdk/boardcast.js";
import { Shelf } from "../shared/stored.js";
import { same } from "./draft.js";

/** How long a deletion can be taken back, in milliseconds. */
const grace = 6000;
/** For how long the gateway knows a write again by its key, less an hour. */
const remembered = 23 * 3_600_000;
const kept = 30 * 86_400_000;

/**
 * The user's changes to tasks: each is shown at once, sent in order, and undone by itself when it is refused.
 *
 * A change without an answer stays shown, and is sent again under the same idempotency key when the connection is back.
 * It is kept in the browser's storage until then, so that a reload or a closed tab loses none.
 */
export class Changes {
    #client;
    #tasks;
    #board;
    #unsent;
    #shelf;
    #told;
    #over;
    /** The last call about each task: calls about one task are made one after another. */
    #turns = new Map();
    /** Deletions that can still be taken back. */
    #leaving = new Map();

    /**
     * @param owner the name of the user whose changes these are
     * @param told `{ refused(error, what, task, change), answered(seq), moved(id, from, to, answer), expired(change) }`: `what` is
     *   "create", "update", "move" or "delete", and an expired change is of an earlier visit, and too old to be sent
     *   without asking
     */
    constructor({ client, board, tasks, unsent, owner }, told, signal) {
        [this.#client, this.#board, this.#tasks, this.#unsent, this.#told] = [client, board, tasks, unsent, told];
        this.#over = signal;
        this.#shelf = new Shelf(() => localStorage, `boardcast.unsent/${owner}/${board}/`, kept);
        addEventListener("pagehide", () => this.#sendDeletions(), { signal });
        document.addEventListener("visibilitychange", () => document.hidden && this.#sendDeletions(), { signal });
        signal.addEventListener("abort", () => this.#sendDeletions());
    }

    /** Goes on with what an earlier visit could not send. */
    resume() {
        for (const [op, change, at] of this.#shelf.all()) {
            if (Date.now() - at < remembered) this.#begin({ ...change, op, isLate: true });
            else {
                this.#shelf.remove(op);
                this.#told.expired(change);
            }
        }
    }

    create(fields) {
        const op = newKey();
        return this.#begin({ what: "create", op, id: op, name: fields.name, fields });
    }

    /**
     * @param version the one that the user looked at: a later one is not overwritten unseen
     * @param before the values that the fields of `patch` had then. As long as others leave those fields alone, the change
     *   is sent again for the version that there is
     */
    update(id, patch, version, before) {
        return this.#begin({ what: "update", op: newKey(), id, name: this.#nameOf(id), patch, version, before });
    }

    move(id, status, after) {
        const from = this.#tasks.placeOf(id);
        const answer = this.#begin({ what: "move", op: newKey(), id, name: this.#nameOf(id), place: { status, after } });
        this.#told.moved(id, from, { status, after }, answer);
        return answer;
    }

    /** Hides the task at once, and deletes it after the grace time. @returns a function that undoes this, if there still is time */
    remove(task) {
        const op = newKey();
        this.#tasks.ask({ op, id: task.id, removed: true });
        this.#leaving.set(op, { task, timer: setTimeout(() => this.#delete(op), grace) });
        return () => {
            clearTimeout(this.#leaving.get(op)?.timer);
            const isInTime = this.#leaving.delete(op);
            if (isInTime) this.#tasks.drop(op);
            return isInTime;
        };
    }

    #nameOf(id) {
        return this.#tasks.get(id)?.name ?? "";
    }

    #sendDeletions() {
        for (const op of [...this.#leaving.keys()]) this.#delete(op);
    }

    #delete(op) {
        const { task, timer } = this.#leaving.get(op);
        clearTimeout(timer);
        this.#leaving.delete(op);
        this.#begin({ what: "delete", op, id: task.id, name: task.name, version: task.version });
    }

    /** @returns the task as it is now, true for a deletion, or null when it was refused. */
    #begin(change) {
        const { what, op, id, name, isLate, ...rest } = change;
        const { fields, patch, place, version = null } = rest;
        this.#shelf.put(op, { what, id, name, ...rest });
        this.#unsent.begin(op, { id, what, name, isLate });
        if (what === "create") {
            const blank = { description: "", priority: "medium", assigneeId: null, labels: [], dueAt: null, version: 0 };
            this.#tasks.ask({ op, id, created: { id, ...blank, ...fields } });
            return this.#perform(change, (options) =>
                this.#client.createTask({ boardId: this.#board, ...fields }, options));
        }
        if (what === "update") {
            this.#tasks.ask({ op, id, patch });
            return this.#inTurn(id, version, (seen) => this.#perform({ ...change, version: seen }, (options, version) =>
                this.#client.updateTask(id, patch, { ...options, version })));
        }
        if (what === "move") {
            this.#tasks.ask({ op, id, place });
            return this.#inTurn(id, null, () => this.#perform(change, (options) =>
                this.#client.moveTask(id, place, options)));
        }
        this.#tasks.ask({ op, id, removed: true });
        return this.#inTurn(id, version, (seen) => this.#perform({ ...change, version: seen }, (options, version) =>
            this.#client.deleteTask(id, { ...options, version })));
    }

    async #perform(change, call) {
        const { what, op, id } = change;
        const task = this.#tasks.known(id);
        let { version } = change;
        for (;;) {
            try {
                const answer = await this.#answered(op, () => call({ idempotencyKey: op }, version));
                this.#end(op);
                this.#tasks.settle(op, answer?.task);
                this.#told.answered(answer?.seq);
                return answer?.task ?? true;
            } catch (error) {
                // The board was left; what has no answer is sent when it is opened again.
                if (this.#over.aborted && error.status === 0) return null;
                const now = error.status === 412 ? error.problem.task : null;
                if (now) this.#tasks.learn(now);
                if (now && what === "update" && isApart(change, now)) {
                    version = now.version;
                    continue;
                }
                this.#end(op);
                const isDone = error.status === 404 && what === "delete";
                if (isDone) this.#tasks.settle(op);
                else this.#tasks.drop(op);
                if (!isDone) this.#told.refused(error, what, task, change);
                return null;
            }
        }
    }

    #end(op) {
        this.#shelf.remove(op);
        this.#unsent.end(op);
    }

    /**
     * Sends a call until there is an answer; between tries it waits until the client reports that the gateway can be
     * reached.
     */
    async #answered(op, call) {
        for (;;) {
            try {
                return await call();
            } catch (error) {
                if (![0, 401, 429, 503].includes(error.status)) throw error;
                if (this.#client.state === "closed") throw error;
                this.#unsent.late(op);
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

/** Whether others have left the fields of a change alone, or made the same of them. */
function isApart({ patch, before }, task) {
    return Object.keys(patch).every((name) => same(task[name], before?.[name]) || same(task[name], patch[name]));
}
