import { columnName } from "./column-names.js";
import { announce, find } from "../shared/dom.js";
import { entriesFor, menu } from "./menu.js";

/** How many moves can be undone. */
const mostMoves = 50;

/** The user's actions on cards other than dragging: adding, moving by menu, deleting, undoing a deletion. */
export class Acts {
    #tasks;
    #view;
    #changes;
    #notices;
    #page;
    /** The user's moves, the last one last: `{ id, from }`. */
    #moves = [];
    #isUndoing = false;

    /** `page`: `{ open(id), shows(task), mayWrite() }`. */
    constructor({ tasks, view, changes, notices }, page) {
        [this.#tasks, this.#view, this.#changes, this.#notices, this.#page] = [tasks, view, changes, notices, page];
    }

    /** Adds a task by the form below a column. A name that was refused stays in the form, to be sent again. */
    add(form) {
        const input = find("input", form);
        const name = input.value.trim();
        if (name === "") return;
        input.value = "";
        input.dispatchEvent(new Event("input", { bubbles: true }));
        const { status } = form.closest(".column").dataset;
        this.#changes.create({ name, status }).then((task) => {
            if (task === null && input.value === "") input.value = name;
            const isHidden = task !== null && !this.#page.shows(task);
            if (isHidden) this.#notices.say(`“${name}” was added, and is hidden by the filters.`);
        });
        this.#view.flush();
        this.#view.list(status)?.lastElementChild?.scrollIntoView({ block: "nearest" });
    }

    /** Moves a task after the task `after`; to the top with null, to the end when it is left out. */
    move(id, status, after = this.#view.shown(status).at(-1) ?? null) {
        this.#changes.move(id, status, after);
        this.#view.flush();
        announce(`${this.#tasks.get(id)?.name}, moved to ${columnName(status)}.`);
    }

    /** A card was moved, by whatever means, from the place `from`. */
    moved(id, from) {
        if (from && !this.#isUndoing) this.#moves = [...this.#moves, { id, from }].slice(-mostMoves);
    }

    /** Takes the user's last move back, if its card and its column are still there. */
    undo() {
        const { id, from } = this.#moves.pop() ?? {};
        const task = this.#tasks.known(id);
        if (!task || !this.#view.statuses.includes(from.status)) return this.#notices.say("There is no move to undo.", { stay: 3000 });
        this.#isUndoing = true;
        this.#changes.move(id, from.status, from.after);
        this.#isUndoing = false;
        this.#view.flush();
        this.#view.focus(id);
        const text = `“${task.name}” is back in ${columnName(from.status)}.`;
        this.#notices.say(text, { stay: 4000 });
        announce(text);
    }

    remove(id) {
        const task = this.#tasks.get(id);
        if (!task) return;
        const undo = this.#changes.remove(task);
        announce(`${task.name}, deleted.`);
        this.#notices.say(`“${task.name}” deleted.`, {
            action: "Undo", stay: 6000,
            act: () => {
                undo();
                this.#view.flush();
                this.#view.focus(id);
            },
        });
    }

    menu(id, anchor) {
        const task = this.#tasks.get(id);
        if (!task) return;
        menu.open(anchor, `Actions for ${task.name}`, entriesFor(task, this.#view, {
            open: (id) => this.#page.open(id),
            move: (id, status, after) => this.move(id, status, after),
            remove: (id) => this.remove(id),
            mayWrite: () => this.#page.mayWrite(),
        }));
    }
}
