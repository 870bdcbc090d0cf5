import { merge } from "./words.js";

/** The fields of a task that are edited; not its column, which is changed by a move. */
export const fields = ["name", "description", "priority", "labels", "assigneeId", "dueAt"];
/** Whether two values of a field are the same. */
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
/** How long texts may be. */
const longest = { name: 500, description: 20_000 };

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
    /** What those fields held when the user began to write. */
    origins = {};
    /** Fields that another user changed after this user wrote into them. */
    conflicts = new Set();
    /** Fields that the user had saved and somebody else changed after that: `{ name: { before, mine, who } }`. */
    replaced = {};
    /** When the task is gone: `{ who, what }`, the latter "task" or "board". */
    gone = null;

    constructor(task) {
        this.base = task;
    }

    /** A draft of an earlier visit, from what `kept` was then. */
    static restored({ base, written, origins }) {
        return Object.assign(new Draft(base), { written, origins });
    }

    /** What is needed to restore it. */
    get kept() {
        return { base: this.base, written: this.written, origins: this.origins };
    }

    get isDirty() {
        return Object.keys(this.written).length > 0;
    }

    value(name) {
        return name in this.written ? this.written[name] : this.base[name];
    }

    write(name, value) {
        if (same(value, this.base[name])) return this.take(name);
        if (!(name in this.written)) this.origins[name] = this.base[name];
        this.written[name] = value;
    }

    /** Drops the user's value of a field and takes the task's. */
    take(name) {
        delete this.written[name];
        delete this.origins[name];
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

/**
 * A value that has what both users wrote, or null when there is none.
 *
 * @param before what both began with
 */
export function keepBoth(name, before, mine, theirs) {
    if (name === "labels") return [...new Set([...theirs, ...mine])];
    if (!(name in longest)) return null;
    const both = merge(before, mine, theirs) ?? (name === "name" ? `${theirs} / ${mine}` : `${theirs}\n\n${mine}`);
    return [...both].length <= longest[name] ? both : null;
}

/** What the user has written, as text to be pasted elsewhere. */
export function textOf({ written, base }) {
    const names = fields.filter((name) => name in written);
    if (names.length === 1 && names[0] in longest) return written[names[0]];
    const title = "name" in written ? written.name : base.name;
    const others = names.filter((name) => !(name in longest)).map((name) =>
        `${name}: ${Array.isArray(written[name]) ? written[name].join(", ") : written[name] ?? ""}`);
    return [title, ...others, ..."description" in written ? ["", written.description] : []].join("\n");
}
