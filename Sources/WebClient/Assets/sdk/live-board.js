/** `live-board.d.ts` documents it. */
export class LiveBoard {
    id;
    board = null;
    isGone = false;
    #tasks = new Map();
    #listeners = new Set();
    #removers;
    /** The state as it was last asked for, so that it is the same object until something changes. */
    #columns = null;

    constructor(client, id) {
        this.id = id;
        const here = (take) => (event) => event.boardId === id && take(event);
        this.#removers = [
            client.on("snapshot", (snapshot) => this.#begin(snapshot)),
            client.on("task.*", here((event) => this.#take(event))),
            client.on("board.*", here((event) => event.type === "board.deleted" ? this.#end() : this.#arrange(event.board))),
        ];
    }

    get size() {
        return this.#tasks.size;
    }

    get columns() {
        return this.#columns ??= this.#sort();
    }

    task(id) {
        return this.#tasks.get(id);
    }

    on(name, listener) {
        if (name !== "change") throw new TypeError(`A board tells of "change" alone, not of "${name}".`);
        // Each has an entry of its own, also one that is given twice.
        const entry = { listener };
        this.#listeners.add(entry);
        return () => this.#listeners.delete(entry);
    }

    close() {
        for (const remove of this.#removers) remove();
        this.#listeners.clear();
    }

    #begin({ boards, tasks }) {
        const board = boards.find(({ id }) => id === this.id);
        if (!board) return this.#end();
        [this.board, this.isGone] = [board, false];
        this.#tasks = new Map(tasks.filter(({ boardId }) => boardId === this.id).map((task) => [task.id, task]));
        this.#tell({ kind: "snapshot" });
    }

    #take({ type, taskId, task }) {
        const before = this.#tasks.get(taskId);
        const isDeleted = type === "task.deleted";
        if (isDeleted) this.#tasks.delete(taskId);
        else this.#tasks.set(taskId, task);
        this.#tell({ kind: "task", id: taskId, task: isDeleted ? undefined : task, before });
    }

    #arrange(board) {
        [this.board, this.isGone] = [board, false];
        this.#tell({ kind: "board" });
    }

    #end() {
        [this.board, this.isGone] = [null, true];
        this.#tasks.clear();
        this.#tell({ kind: "gone" });
    }

    #sort() {
        const columns = new Map((this.board?.columns ?? []).map((column) => [column.id, { ...column, tasks: [] }]));
        for (const task of [...this.#tasks.values()].sort(inOrder)) columns.get(task.status)?.tasks.push(task);
        return [...columns.values()];
    }

    #tell(change) {
        this.#columns = null;
        for (const { listener } of [...this.#listeners]) {
            try {
                listener(change);
            } catch (error) {
                // An uncaught error, which stops no other listener.
                queueMicrotask(() => { throw error; });
            }
        }
    }
}

/** Ranks are ASCII, so this is the order of their bytes. */
function inOrder(one, other) {
    if (one.rank !== other.rank) return one.rank < other.rank ? -1 : 1;
    return one.id - other.id;
}
