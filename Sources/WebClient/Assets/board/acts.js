import { archive, columnName } from "./column-names.js";
import { announce, find } from "../shared/dom.js";
import { entriesFor, menu } from "./menu.js";
import { Undo } from "./undo.js";


/** The user's actions on cards other than dragging: adding, moving by menu, deleting, undoing. */
export class Acts {
    #tasks;
    #view;
    #changes;
    #notices;
    #page;
    #undo;
    /** Removes the notice of the last move. */
    #unsay = () => {};

    /** `page`: `{ open(id), shows(task), mayWrite() }`. */
    constructor({ tasks, view, changes, notices }, page) {
        [this.#tasks, this.#view, this.#changes, this.#notices, this.#page] = [tasks, view, changes, notices, page];
        this.#undo = new Undo(tasks, changes, {
            statuses: () => view.allStatuses,
            say: (text) => this.#say(text),
            shown: (id) => {
                view.flush();
                if (view.card(id)) view.focus(id);
            },
        });
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
            if (task !== null) this.#undo.added(task.id, (id) => this.remove(id));
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

    /** Moves a task to the board's archive, if there is one. */
    archive(id) {
        if (this.#view.allStatuses.includes(archive)) return this.move(id, archive, null);
        this.#say("This board has no archive. An admin adds one among its columns.");
    }

    /** A card was moved, by whatever means, from the place `from`; `answer` is the promise of the task or null. */
    moved(id, from, { status }, answer) {
        const act = this.#undo.moved(id, from, answer);
        if (act === null) return;
        this.#unsay();
        const text = from.status === status ? `“${act.name}” moved.` : `“${act.name}” moved to ${columnName(status)}.`;
        this.#unsay = this.#notices.say(text, { action: "Undo", stay: 5000, act: () => this.#undo.undo(act) });
        // What was refused is told elsewhere.
        answer.then((task) => task === null && this.#unsay());
    }

    /** What was edited of a task is saved. */
    saved(id, patch, before) {
        this.#undo.saved(id, patch, before);
    }

    /** Undoes what the user did last. */
    undo() {
        this.#undo.undo();
    }

    #say(text) {
        this.#unsay();
        this.#unsay = this.#notices.say(text, { stay: 4000 });
        announce(text);
    }

    remove(id) {
        const task = this.#tasks.get(id);
        if (!task) return;
        const undo = this.#changes.remove(task);
        announce(`${task.name}, deleted.`);
        const act = this.#undo.removed(id, task.name, () => {
            unsay();
            return undo();
        });
        const unsay = this.#notices.say(`“${task.name}” deleted.`, { action: "Undo", stay: 6000, act: () => this.#undo.undo(act) });
    }

    menu(id, anchor) {
        const task = this.#tasks.get(id);
        if (!task) return;
        menu.open(anchor, `Actions for ${task.name}`, entriesFor(task, this.#view, {
            open: (id) => this.#page.open(id),
            move: (id, status, after) => this.move(id, status, after),
            remove: (id) => this.remove(id),
            archive: (id) => this.archive(id),
            mayWrite: () => this.#page.mayWrite(),
        }));
    }
}
