import { Card, setText, title } from "./card.js";
import { glide, highlight, measure } from "./motion.js";

const find = (selector) => document.querySelector(selector);
const clone = (template) => find(template).content.firstElementChild.cloneNode(true);

/** The tasks of one board and their cards. Changes are gathered and shown once a frame; what stays is not touched. */
export class BoardView {
    #tasks = new Map();
    #cards = new Map();
    /** The list of cards of each status. */
    #lists = new Map();
    #statuses = [];
    /** Ids of tasks whose cards are behind, and of those to which the eye should be led. */
    #behind = new Set();
    #fresh = new Set();
    #scheduled = false;
    #root = find("#board");
    #form = clone("#add-template");

    /** `create(name)` and `move(task, status, after)` resolve to whether it was done; `after`: a task's id, or null. */
    constructor({ create, move }) {
        this.#form.addEventListener("submit", (event) => this.#submit(event, create));
        this.#root.addEventListener("change", ({ target }) => this.#choose(target, move));
        this.#root.addEventListener("keydown", (event) => this.#press(event, move));
        document.addEventListener("visibilitychange", () => this.#render());
    }

    /** Replaces all there is by what is true now; cards of tasks that stay are kept. */
    state(board, tasks) {
        const known = this.#tasks;
        this.#tasks = new Map();
        for (const id of known.keys()) this.#behind.add(id);
        for (const task of tasks) this.#put(task, known.size > 0 && known.get(task.id)?.version !== task.version);
        this.#arrange(board);
        this.#schedule();
    }

    event({ type, taskId, task, board }) {
        if (type === "task.deleted") {
            this.#tasks.delete(taskId);
            this.#behind.add(taskId);
        } else if (type === "board.updated") {
            this.#arrange(board);
        } else if (type.startsWith("task.") && !(this.#tasks.get(taskId)?.version >= task.version)) {
            // Not older than what we have: after a resync the stream may tell what the state held already.
            this.#put(task, true);
        }
        this.#schedule();
    }

    #put(task, fresh) {
        this.#tasks.set(task.id, task);
        this.#behind.add(task.id);
        if (fresh) this.#fresh.add(task.id);
    }

    /** Makes the columns those of `board`. */
    #arrange({ name, statuses }) {
        setText(find("#name"), name);
        document.title = `${name} · Boardcast`;
        if (statuses.join() === this.#statuses.join()) return;
        this.#statuses = statuses;
        for (const [status, list] of this.#lists) {
            if (statuses.includes(status)) continue;
            list.parentNode.remove();
            this.#lists.delete(status);
        }
        statuses.forEach((status, place) => {
            const column = this.#lists.get(status)?.parentNode ?? this.#makeColumn(status);
            const there = this.#root.children[place] ?? null;
            if (there !== column) this.#root.insertBefore(column, there);
        });
        const head = this.#root.querySelector(".head");
        if (this.#form.parentNode !== head) head.append(this.#form);
        for (const id of this.#tasks.keys()) this.#behind.add(id);
    }

    #makeColumn(status) {
        const column = clone("#column-template");
        setText(column.querySelector("h2"), title(status));
        column.dataset.status = status;
        column.setAttribute("aria-label", title(status));
        this.#lists.set(status, column.querySelector("ol"));
        return column;
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
        const cards = [...this.#behind].map((id) => this.#cards.get(id)?.element.parentNode);
        const lists = new Set([...cards, ...[...this.#behind].map((id) => this.#listOf(id))].filter(Boolean));
        const places = measure(lists);
        const focused = document.activeElement;
        const byKeyboard = focused.matches(":focus-visible");
        for (const id of this.#behind) this.#patch(id);
        for (const [status, list] of this.#lists) if (lists.has(list)) this.#order(status, list);
        if (focused !== document.activeElement) focused.focus({ preventScroll: !byKeyboard });
        glide(places);
        for (const id of this.#fresh) highlight(this.#cards.get(id)?.element);
        this.#behind.clear();
        this.#fresh.clear();
        for (const list of this.#lists.values()) {
            setText(list.parentNode.querySelector(".count"), String(list.childElementCount));
        }
        setText(find("#total"), this.#tasks.size === 1 ? "1 task" : `${this.#tasks.size} tasks`);
    }

    #listOf(id) {
        return this.#lists.get(this.#tasks.get(id)?.status);
    }

    #patch(id) {
        const task = this.#tasks.get(id);
        if (task !== undefined) {
            if (!this.#cards.has(id)) this.#cards.set(id, new Card(id));
            this.#cards.get(id).update(task, this.#statuses);
        }
        if (this.#listOf(id) === undefined) this.#cards.get(id)?.element.remove();
        if (task === undefined) this.#cards.delete(id);
    }

    /** Puts the cards that are behind where they belong, last to first; the others stand in order already. */
    #order(status, list) {
        const tasks = [...this.#tasks.values()].filter((task) => task.status === status).sort(inOrder);
        let next = null;
        for (const { id } of tasks.reverse()) {
            const card = this.#cards.get(id).element;
            const there = card.parentNode === list && card.nextElementSibling === next;
            if (this.#behind.has(id) && !there) list.insertBefore(card, next);
            next = card;
        }
    }

    async #submit(event, create) {
        event.preventDefault();
        const input = this.#form.querySelector("input");
        const name = input.value.trim();
        input.value = "";
        if (name !== "" && !await create(name) && input.value === "") input.value = name;
    }

    async #choose(select, move) {
        const card = select.closest("[data-task-id]");
        const task = this.#tasks.get(Number(card?.dataset.taskId));
        if (task === undefined) return;
        card.focus({ preventScroll: true });
        if (!await move(task, select.value, null)) select.value = this.#tasks.get(task.id)?.status;
    }

    #press(event, move) {
        const card = event.target;
        const task = this.#tasks.get(Number(card.dataset.taskId));
        if (task === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
        const place = this.#statuses.indexOf(task.status);
        const [above, below] = [card.previousElementSibling, card.nextElementSibling];
        const idOf = (card) => card ? Number(card.dataset.taskId) : null;
        const [status, after] = {
            ArrowLeft: [this.#statuses[place - 1], null],
            ArrowRight: [this.#statuses[place + 1], null],
            ArrowUp: [above && task.status, idOf(above?.previousElementSibling)],
            ArrowDown: [below && task.status, idOf(below)],
        }[event.shiftKey ? event.key : ""] ?? [];
        if (status) move(task, status, after);
        if (event.key === "Enter") {
            card.querySelector("select").focus();
            card.querySelector("select").showPicker?.();
        }
        if (event.shiftKey && event.key.startsWith("Arrow") || event.key === "Enter") event.preventDefault();
    }
}

/** Ranks are ASCII, so that this is the order of their bytes. */
function inOrder(left, right) {
    if (left.rank !== right.rank) return left.rank < right.rank ? -1 : 1;
    return left.id - right.id;
}
