/** The fields of a task that are edited; not its column, which is changed by a move. */
export const fields = ["name", "description", "priority", "labels", "assigneeId", "dueAt"];
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * A task being edited: what the user has written, over the task as it is now.
 *
 * Changes by others are shown in fields that the user has not changed; a field that both have changed is a conflict
 * until the user decides, and neither text is lost.
 */
export class Draft {
    /** The server's version of the task that the user has seen. */
    base;
    /** The values that the user has written and that differ from the task's. */
    written = {};
    /** Fields that another user changed after this user wrote into them. */
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

    /** Drops the user's value of a field and takes the task's. */
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
