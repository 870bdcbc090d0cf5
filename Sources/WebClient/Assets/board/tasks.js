/** How many of the cards above another are remembered, to find its place again. */
const nearby = 20;

/**
 * The tasks of one board as last received from the server, and our own pending changes on top of them.
 *
 * The page always shows the pending changes applied to the server's tasks. So a refusal undoes one change and nothing
 * else, and changes by others stay visible.
 */
export class Tasks {
    #known = new Map();
    /** `{ op, id, patch?, place?: { status, after }, removed?, created? }`, oldest first. */
    #asked = [];
    /** Ids of deleted tasks: the answer to our call may overtake events about the task. */
    #gone = new Set();
    #actors = new Map();
    #changed;

    /**
     * `changed(id, { fresh, actor, before })`: called when the shown task has changed; `fresh` when another user changed
     * it, who is the `actor` if that is known.
     */
    constructor(changed) {
        this.#changed = changed;
    }

    get size() {
        return [...this.all()].length;
    }

    /** Replaces all known tasks by the snapshot; pending changes stay on top. */
    reset(tasks) {
        const before = this.#known;
        this.#known = new Map(tasks.map((task) => [task.id, task]));
        this.#gone.clear();
        for (const id of new Set([...before.keys(), ...this.#known.keys()])) {
            const fresh = before.size > 0 && before.get(id)?.version !== this.#known.get(id)?.version;
            this.#changed(id, { fresh });
        }
    }

    /** Takes an event. @returns whether it is news: not our own change, and not known already. */
    take({ type, taskId, task, op, actor }) {
        const own = op !== undefined && this.#asked.some((change) => change.op === op);
        if (type === "task.deleted") {
            this.#forget(taskId, !own, actor);
        } else {
            if (actor && !(this.#known.get(taskId)?.version > task.version)) this.#actors.set(taskId, actor);
            if (!this.#isNewer(task)) return false;
            this.#know(task, own ? op : undefined, !own);
        }
        if (own) this.drop(op);
        return !own;
    }

    /** Takes the answer to our own call, which may arrive before or after the event. */
    settle(op, task) {
        const [change] = this.#asked.filter((change) => change.op === op);
        if (change?.removed) this.#forget(change.id, false);
        else if (task && this.#isNewer(task)) this.#know(task, op, false);
        this.drop(op);
    }

    /** Takes the current state of a task from a refusal. */
    learn(task) {
        if (this.#isNewer(task)) this.#know(task, undefined, true);
    }

    ask(change) {
        this.#asked = [...this.#asked.filter((other) => other.op !== change.op), change];
        this.#changed(change.id, {});
    }

    /** Removes the pending change `op`: it is done, or will never be. */
    drop(op) {
        const dropped = this.#asked.filter((change) => change.op === op);
        this.#asked = this.#asked.filter((change) => change.op !== op);
        for (const { id } of dropped) this.#changed(id, {});
    }

    get(id) {
        let task = this.#known.get(id);
        for (const change of this.#asked) {
            if (change.id !== id) continue;
            if (change.removed) return undefined;
            if (task || change.created) task = { ...task, ...change.patch, ...change.created };
            if (task && change.place) task = { ...task, status: change.place.status };
        }
        return task;
    }

    /** The task as the server has it, without pending changes. */
    known(id) {
        return this.#known.get(id);
    }

    isPending(id) {
        return this.#asked.some((change) => change.id === id && change.op !== "lift");
    }

    /** Whether the user is deleting it. */
    isLeaving(id) {
        return this.#asked.some((change) => change.id === id && change.removed);
    }

    actorOf(id) {
        return this.#actors.get(id);
    }

    *all() {
        for (const id of this.#known.keys()) {
            const task = this.get(id);
            if (task) yield task;
        }
        for (const { id, created } of this.#asked) if (created) yield this.get(id);
    }

    /** The tasks of each status, in board order. */
    columns(statuses) {
        const columns = new Map(statuses.map((status) => [status, []]));
        for (const task of [...this.all()].sort(inOrder)) columns.get(task.status)?.push(task);
        for (const { id, place } of this.#asked) {
            const task = place && this.get(id);
            const column = columns.get(task?.status);
            if (!column || task.status !== place.status) continue;
            column.splice(column.findIndex((other) => other.id === id), 1);
            const behind = column.findIndex((other) => other.id === place.after);
            column.splice(place.after === null ? 0 : behind < 0 ? column.length : behind + 1, 0, task);
        }
        return columns;
    }

    /** Where the server has it: `{ status, above }`, the nearest of those above first; undefined for one that it does not have. */
    placeOf(id) {
        const task = this.#known.get(id);
        if (!task) return undefined;
        const column = [...this.#known.values()].filter(({ status }) => status === task.status).sort(inOrder);
        const place = column.indexOf(task);
        return { status: task.status, above: column.slice(Math.max(0, place - nearby), place).map(({ id }) => id).reverse() };
    }

    #isNewer(task) {
        return !this.#gone.has(task.id) && !(this.#known.get(task.id)?.version >= task.version);
    }

    #know(task, op, fresh) {
        const created = this.#asked.find((change) => change.op === op && change.created);
        this.#known.set(task.id, task);
        this.#changed(task.id, { fresh, before: created?.id });
    }

    #forget(id, fresh, actor) {
        const wasKnown = this.#known.delete(id);
        this.#gone.add(id);
        this.#changed(id, { fresh: fresh && wasKnown, actor });
    }
}

/** Ranks are ASCII, so this is the order of their bytes. Tasks without a rank come last. */
function inOrder(left, right) {
    const [one, other] = [left.rank ?? "~", right.rank ?? "~"];
    if (one !== other) return one < other ? -1 : 1;
    return left.id < right.id ? -1 : 1;
}
