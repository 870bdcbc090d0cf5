import { Card } from "./card.js";
import { columnName, onBoard } from "./column-names.js";
import { clone, find, findAll, setText } from "../shared/dom.js";
import { glide, highlight, measure } from "./motion.js";

/** The columns and their cards. Changes are collected and shown once a frame; unchanged cards are not touched. */
export class BoardView {
    #tasks;
    #shows;
    #marks;
    #left;
    #cards = new Map();
    /** The list of cards of each status. */
    #lists = new Map();
    /** All of the board's, and those that have a column here. */
    #all = [];
    #statuses = [];
    /** How many tasks each column should hold at most, of those that have a limit. */
    #limits = new Map();
    /** Ids of tasks whose cards are out of date, and of those to be highlighted. */
    #behind = new Set();
    #fresh = new Set();
    #scheduled = false;
    #root = find("#board");
    /** The card that Tab leads to. */
    #entry = null;

    /**
     * @param shows `shows(task)`: whether the filters let it through
     * @param marks `marks(id)` returns `{ pending, late, unsaved }` of a task
     * @param left `left(text, column)` is called with what was being written for a column that is removed
     */
    constructor(tasks, { shows, marks, left }, signal) {
        [this.#tasks, this.#shows, this.#marks, this.#left] = [tasks, shows, marks, left];
        this.#root.replaceChildren();
        this.#root.addEventListener("focusin", ({ target }) => this.#enter(target.closest(".card")), { signal });
        document.addEventListener("visibilitychange", () => this.#render(), { signal });
    }

    get statuses() {
        return this.#statuses;
    }

    /** Those, and the archive's. */
    get allStatuses() {
        return this.#all;
    }

    changed(id, { fresh, before } = {}) {
        if (before !== undefined && this.#cards.has(before)) {
            const card = this.#cards.get(before);
            this.#cards.delete(before);
            card.rename(id);
            this.#cards.set(id, card);
        }
        this.#behind.add(id);
        if (fresh) this.#fresh.add(id);
        this.#schedule();
    }

    /** Shows the tasks again after a change of filters or columns. */
    refresh() {
        for (const { id } of this.#tasks.all()) this.#behind.add(id);
        this.#schedule();
    }

    /** Makes the columns of `board`. */
    arrange({ statuses: all, columns }) {
        const statuses = onBoard(all);
        [this.#all, this.#statuses] = [all, statuses];
        this.#limits = new Map(columns.filter(({ limit }) => limit !== null).map(({ id, limit }) => [id, limit]));
        for (const [status, list] of this.#lists) {
            if (statuses.includes(status)) continue;
            const text = find(".add input", list.parentNode).value.trim();
            if (text) this.#left(text, find("h2", list.parentNode).textContent);
            list.parentNode.remove();
            this.#lists.delete(status);
        }
        statuses.forEach((status, place) => {
            const column = this.#lists.get(status)?.parentNode ?? this.#makeColumn(status);
            const there = this.#root.children[place] ?? null;
            if (there !== column) this.#root.insertBefore(column, there);
            this.#label(column, columnName(status));
        });
        this.refresh();
    }

    card(id) {
        return this.#cards.get(id);
    }

    list(status) {
        return this.#lists.get(status);
    }

    /** The ids of the tasks shown in a column, in order. */
    shown(status) {
        return [...this.#lists.get(status)?.children ?? []].map(idOf);
    }

    focus(id) {
        find(".open", this.#cards.get(id)?.element ?? this.#root)?.focus();
    }

    /** Shows pending changes at once instead of in the next frame. */
    flush() {
        this.#render();
    }

    #makeColumn(status) {
        const column = clone("#column-template");
        column.dataset.status = status;
        this.#lists.set(status, find(".cards", column));
        return column;
    }

    #label(column, name) {
        setText(find("h2", column), name);
        column.setAttribute("aria-label", name);
        find("input", column).setAttribute("aria-label", `Add a task to ${name}`);
        find(".cards", column).setAttribute("aria-label", name);
    }

    #schedule() {
        if (this.#scheduled) return;
        this.#scheduled = true;
        // A tab in the background gets no frames.
        if (document.hidden) setTimeout(() => this.#render(), 100);
        else requestAnimationFrame(() => this.#render());
    }

    #render() {
        if (!this.#scheduled) return;
        this.#scheduled = false;
        const columns = this.#tasks.columns(this.#statuses);
        const lists = new Set();
        for (const id of this.#behind) {
            lists.add(this.#cards.get(id)?.element.parentNode).add(this.#lists.get(this.#tasks.get(id)?.status));
        }
        lists.delete(undefined);
        lists.delete(null);
        const places = measure(lists);
        const focused = document.activeElement;
        const byKeyboard = focused.matches(":focus-visible");
        for (const id of this.#behind) this.#patch(id);
        for (const [status, list] of this.#lists) {
            if (lists.has(list)) this.#order(columns.get(status), list);
        }
        if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: !byKeyboard });
        glide(places);
        for (const id of this.#fresh) highlight(this.#cards.get(id)?.element);
        this.#behind.clear();
        this.#fresh.clear();
        this.#count(columns);
        this.#enter(this.#entry?.isConnected ? this.#entry : find(".card", this.#root));
    }

    #patch(id) {
        const task = this.#tasks.get(id);
        if (task !== undefined && this.#shows(task) && this.#lists.has(task.status)) {
            if (!this.#cards.has(id)) this.#cards.set(id, new Card(id));
            const last = this.#statuses.at(-1);
            this.#cards.get(id).update(task, { last, ...this.#marks(id) });
            return;
        }
        const element = this.#cards.get(id)?.element;
        if (element?.contains(document.activeElement)) this.#focusNear(element);
        element?.remove();
        this.#cards.delete(id);
    }

    /** Moves the changed cards to their places, last to first; then any other card that is out of place. */
    #order(tasks, list) {
        for (const all of [false, true]) {
            let next = null;
            for (const { id } of tasks.toReversed()) {
                const card = this.#cards.get(id)?.element;
                if (card === undefined) continue;
                const there = card.parentNode === list && card.nextElementSibling === next;
                if (!there && (all || this.#behind.has(id))) list.insertBefore(card, next);
                next = card;
            }
        }
    }

    /** Moves the focus of a removed card to a neighbour, so that it does not jump to the start of the page. */
    #focusNear(card) {
        const near = card.nextElementSibling ?? card.previousElementSibling;
        if (near) find(".open", near).focus({ preventScroll: true });
        else find(".add input", card.closest(".column"))?.focus({ preventScroll: true });
    }

    #count(columns) {
        let [all, shown] = [0, 0];
        for (const [status, list] of this.#lists) {
            const [here, of] = [list.childElementCount, columns.get(status).length];
            const limit = this.#limits.get(status);
            const words = here === of ? String(of) : `${here} of ${of}`;
            const count = find(".count", list.parentNode);
            setText(count, limit === undefined ? words : `${words} · limit ${limit}${of > limit ? ", exceeded" : ""}`);
            count.classList.toggle("exceeded", of > limit);
            [all, shown] = [all + of, shown + here];
        }
        const words = all === 1 ? "1 task" : `${all} tasks`;
        setText(find("#total"), shown === all ? words : `${shown} of ${words}`);
        this.#hint(all, shown);
    }

    /** Says why there is no card to see, and what can be done. */
    #hint(all, shown) {
        const hint = find("#hint");
        hint.hidden = shown > 0 || this.#lists.size === 0 || this.#root.hidden;
        find("button", hint).hidden = all === 0;
        const mayWrite = !document.body.hasAttribute("data-read-only");
        const mayImport = find("#import").checkVisibility();
        setText(find("p", hint), all > 0 ? "No task matches the search and the filters."
            : mayWrite ? `This board is empty. Write a first task below a column${mayImport ? ", or import a file" : ""}.` : "This board is empty.");
    }

    /** Makes `card` the only one that Tab reaches: the one that had the focus last. */
    #enter(card) {
        if (!card) return;
        for (const other of findAll(":scope [tabindex='0']", this.#root)) {
            if (!card.contains(other)) other.tabIndex = -1;
        }
        for (const button of findAll("button", card)) button.tabIndex = 0;
        this.#entry = card;
    }
}

/** The id of a card's task; that of a task that is not acknowledged yet is a text. */
export function idOf(card) {
    const text = card.dataset.taskId;
    return /^\d+$/.test(text) ? Number(text) : text;
}
