import { columnName } from "./column-names.js";
import { announce } from "../shared/dom.js";

/**
 * A card lifted by mouse, finger or keyboard: shown at the place where it would be dropped, sent when it is dropped.
 */
export class Lift {
    #tasks;
    #view;
    #changes;
    #begin = null;
    id = null;
    #place = null;

    constructor(tasks, view, changes) {
        [this.#tasks, this.#view, this.#changes] = [tasks, view, changes];
    }

    begin(id) {
        const task = this.#tasks.get(id);
        if (this.id !== null || task === undefined || this.#tasks.isPending(id) && !this.#tasks.known(id)) return false;
        this.id = id;
        const ids = this.#view.shown(task.status);
        this.#begin = this.#place = { status: task.status, after: ids[ids.indexOf(id) - 1] ?? null };
        // Registered at once, so that changes by others meanwhile do not end the drag.
        this.#tasks.ask({ op: "lift", id, place: this.#place });
        this.#view.card(id).element.setAttribute("data-lifted", "");
        announce(`${task.name}, lifted. ${this.#position()}`);
        return true;
    }

    /** Moves the preview. @returns whether the place has changed. */
    to(status, after) {
        if (status === this.#place.status && after === this.#place.after) return false;
        this.#place = { status, after };
        this.#tasks.ask({ op: "lift", id: this.id, place: this.#place });
        return true;
    }

    /** One step with an arrow key. */
    step(key) {
        const { status } = this.#place;
        const ids = this.#view.shown(status);
        const place = ids.indexOf(this.id);
        const others = ids.filter((id) => id !== this.id);
        if (key === "ArrowUp" && place > 0) this.to(status, others[place - 2] ?? null);
        if (key === "ArrowDown" && place < others.length) this.to(status, others[place]);
        const statuses = this.#view.statuses;
        const side = { ArrowLeft: -1, ArrowRight: 1 }[key];
        const next = side && statuses[statuses.indexOf(status) + side];
        if (next) this.to(next, this.#view.shown(next).slice(0, place).at(-1) ?? null);
        this.#view.flush();
        this.#view.focus(this.id);
        this.#view.card(this.id)?.element.scrollIntoView({ block: "nearest", inline: "nearest" });
        announce(this.#position());
    }

    drop() {
        const { id } = this;
        const [{ status, after }, moved] = [this.#place, !this.#isAtBegin()];
        const name = this.#tasks.get(id)?.name;
        const position = this.#position();
        this.#end(() => moved && this.#tasks.known(id) && this.#changes.move(id, status, after));
        announce(`${name}, dropped. ${position}`);
    }

    cancel() {
        const name = this.#tasks.get(this.id)?.name;
        this.#end(() => {});
        announce(`${name} is back where it was.`);
    }

    #isAtBegin() {
        return this.#place.status === this.#begin.status && this.#place.after === this.#begin.after;
    }

    /** Ends the drag. The move is registered before the preview is removed, so that the card does not jump. */
    #end(act) {
        this.#view.card(this.id)?.element.removeAttribute("data-lifted");
        this.id = null;
        act();
        this.#tasks.drop("lift");
    }

    #position() {
        const { status } = this.#place;
        const ids = this.#view.shown(status);
        return `${columnName(status)}, ${Math.max(0, ids.indexOf(this.id)) + 1} of ${ids.length}.`;
    }
}
