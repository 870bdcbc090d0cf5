import { columnName } from "./column-names.js";
import { same } from "./draft.js";

/** How many acts can be undone. */
const mostActs = 50;

/**
 * The user's own acts of this visit, the last one last, each with what undoes it. An act is not undone where somebody
 * else has changed the same since: that would undo theirs.
 *
 * An act: `{ id, name, isDone(task), undo(task) }`; `isDone` is whether the task is still as the act left it, and `undo`
 * returns words for the user, or nothing. A deletion has `isDeletion`, and its `undo` returns whether there still was time.
 */
export class Undo {
    #acts = [];
    #tasks;
    #changes;
    #page;
    #isUndoing = false;

    /** `page`: `{ statuses(), say(text), shown(id) }`; the last is called with a task that has been put back. */
    constructor(tasks, changes, page) {
        [this.#tasks, this.#changes, this.#page] = [tasks, changes, page];
    }

    /** A card was moved, by whatever means; `answer` is the promise of the task or null. @returns the act */
    moved(id, from, answer) {
        const task = this.#tasks.get(id);
        if (!from || !task || this.#isUndoing) return null;
        let now = null;
        const act = this.#add({
            id, name: task.name,
            isDone: (task) => now === null || task.status === now.status && task.rank === now.rank,
            undo: () => this.#moveBack(id, from),
        });
        answer.then((task) => task === null ? this.forget(act) : now = task);
        return act;
    }

    /** Fields of a task were saved. */
    saved(id, patch, before) {
        if (this.#isUndoing) return;
        this.#add({
            id, name: this.#tasks.known(id)?.name ?? "",
            isDone: (task) => Object.keys(patch).every((name) => same(task[name], patch[name])),
            undo: (task) => {
                this.#changes.update(id, before, task.version, patch);
                return `“${before.name ?? task.name}” is as it was before you saved it.`;
            },
        });
    }

    /** A task was added. `remove(id)` takes it away again. */
    added(id, remove) {
        this.#add({
            id, name: this.#tasks.known(id)?.name ?? "",
            isDone: (task) => task.version === 1,
            undo: () => remove(id),
        });
    }

    /** A task is being deleted; `undo()` keeps it, as long as there is time. @returns the act */
    removed(id, name, undo) {
        return this.#add({ id, name, isDeletion: true, undo });
    }

    forget(act) {
        this.#acts = this.#acts.filter((other) => other !== act);
    }

    /** Undoes one act; the last one if none is named. */
    undo(act = this.#acts.at(-1)) {
        if (!act) return this.#page.say("You have done nothing here that can be undone.");
        this.forget(act);
        const task = this.#tasks.known(act.id);
        if (act.isDeletion) return this.#undoDeletion(act);
        if (!task) return this.#page.say(`“${act.name}” is deleted; there is nothing to undo.`);
        if (!act.isDone(task)) {
            const who = this.#tasks.actorOf(act.id) ?? "Somebody";
            return this.#page.say(`${who} has changed “${task.name}” since; it is left as it is.`);
        }
        this.#isUndoing = true;
        const text = act.undo(task);
        this.#isUndoing = false;
        if (text) this.#page.say(text);
        this.#page.shown(act.id);
    }

    #undoDeletion(act) {
        if (!act.undo()) return this.#page.say(`“${act.name}” is deleted; that can't be undone any more.`);
        this.#page.say(`“${act.name}” is back.`);
        this.#page.shown(act.id);
    }

    /** To where it was: below the nearest of the cards that were above it and still are in that column. */
    #moveBack(id, { status, above }) {
        if (!this.#page.statuses().includes(status)) return "The column that it was in is not there any more.";
        const after = above.find((other) => this.#tasks.get(other)?.status === status) ?? null;
        this.#changes.move(id, status, after);
        return `“${this.#tasks.get(id).name}” is back in ${columnName(status)}.`;
    }

    #add(act) {
        this.#acts = [...this.#acts, act].slice(-mostActs);
        return act;
    }
}
