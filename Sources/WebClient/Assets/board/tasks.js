/**
 * The tasks of one board as the server told them, and over them what we asked for and have not heard of yet.
 *
 * What is shown is always the one with the other on top. So a refusal takes back one change and nothing beside it,
 * and what others do meanwhile shows through.
 */
export class Tasks {
    #known = new Map();
    /** `{ op, id, patch?, place?: { status, after }, removed?, created? }`, oldest first. */
    #asked = [];
    /** Ids that were deleted: the answer to our call may overtake events about the task. */
    #gone = new Set();
    #actors = new Map();
    #changed;

    /** `changed(id, { fresh, before })`: what is shown of the task differs; `fresh` when somebody else did it. */
    constructor(changed) {
        this.#changed = changed;
    }

    get size() {
        return [...this.all()].length;
    }

    /** The snapshot replaces everything that is known; what we asked for stays on top. */
    reset(tasks) {
        const before = this.#known;
        this.#known = new Map(tasks.map((task) => [task.id, task]));
        this.#gone.clear();
        for (const id of new Set([...before.keys(), ...this.#known.keys()])) {
            const fresh = before.size > 0 && before.get(id)?.version !== this.#known.get(id)?.version;
            this.#changed(id, { fresh });
        }
    }

    /** @returns whether it is news: not our own doing, and not told already. */
    take({ type, taskId, task, op, actor }) {
        const own = op !== undefined && this.#asked.some((change) => change.op === op);
        if (type === "task.deleted") {
            this.#forget(taskId, !own);
        } else {
            if (actor && !(this.#known.get(taskId)?.version > task.version)) this.#actors.set(taskId, actor);
            if (!this.#isNewer(task)) return false;
            this.#know(task, own ? op : undefined, !own);
        }
        if (own) this.drop(op);
        return !own;
    }

    /** The answer to our own call: it may come before the event, or after it. */
    settle(op, task) {
        const [change] = this.#asked.filter((change) => change.op === op);
        if (change?.removed) this.#forget(change.id, false);
        else if (task && this.#isNewer(task)) this.#know(task, op, false);
        this.drop(op);
    }

    /** How a task is now, from a refusal. */
    learn(task) {
        if (this.#isNewer(task)) this.#know(task, undefined, true);
    }

    ask(change) {
        this.#asked = [...this.#asked.filter((other) => other.op !== change.op), change];
        this.#changed(change.id, {});
    }

    /** Takes back what was asked under `op`: it is done, or will not be. */
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

    /** As the server has it, whatever we asked for. */
    known(id) {
        return this.#known.get(id);
    }

    isPending(id) {
        return this.#asked.some((change) => change.id === id && change.op !== "lift");
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

    /** The tasks of each status in the order in which they stand. */
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

    #isNewer(task) {
        return !this.#gone.has(task.id) && !(this.#known.get(task.id)?.version >= task.version);
    }

    #know(task, op, fresh) {
        const created = this.#asked.find((change) => change.op === op && change.created);
        this.#known.set(task.id, task);
        this.#changed(task.id, { fresh, before: created?.id });
    }

    #forget(id, fresh) {
        this.#known.delete(id);
        this.#gone.add(id);
        this.#changed(id, { fresh });
    }
}

/** Ranks are ASCII, so that this is the order of their bytes. What has none yet comes last. */
function inOrder(left, right) {
    const [one, other] = [left.rank ?? "~", right.rank ?? "~"];
    if (one !== other) return one < other ? -1 : 1;
    return left.id < right.id ? -1 : 1;
}
