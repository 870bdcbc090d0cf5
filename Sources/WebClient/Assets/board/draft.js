/** What of a task is edited as text or by choice; its column is not, that is a move. */
export const fields = ["name", "description", "priority", "labels", "assigneeId", "dueAt"];
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * A task being edited: what the user has written, over the task as it is now.
 *
 * What others change shows through where the user has written nothing; where both did, it is a conflict until the user
 * decides, and neither text is lost.
 */
export class Draft {
    /** The task as the server has it, as far as the user was told. */
    base;
    /** What the user wrote: only what differs. */
    written = {};
    /** Fields that were changed by somebody else after the user wrote into them. */
    conflicts = new Set();

    constructor(task) {
        this.base = task;
    }

    get isDirty() {
        return Object.keys(this.written).length > 0;
    }

    value(name) {
        return name in this.written ? this.written[name] : this.base[name];
    }

    write(name, value) {
        if (same(value, this.base[name])) this.take(name);
        else this.written[name] = value;
    }

    /** The task's own value counts again. */
    take(name) {
        delete this.written[name];
        this.conflicts.delete(name);
    }

    rebase(task) {
        for (const name of fields) {
            if (!(name in this.written)) continue;
            if (same(this.written[name], task[name])) this.take(name);
            else if (!same(this.base[name], task[name])) this.conflicts.add(name);
        }
        this.base = task;
    }
}
