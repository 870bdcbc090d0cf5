import { arrange, find, make, setAttribute, setText } from "../shared/dom.js";
import { count } from "./format.js";

const collator = new Intl.Collator("en", { numeric: true });

/** Figures are sorted from the greatest, names alphabetically. */
const ways = (isNumber) => isNumber ? ["descending", "ascending"] : ["ascending", "descending"];

/** Undefined and null come last in either direction. */
function compare(left, right, way) {
    if (left === right) return 0;
    if (left === null || left === undefined) return 1;
    if (right === null || right === undefined) return -1;
    return way * (typeof left === "number" && typeof right === "number" ? left - right : collator.compare(left, right));
}

/**
 * Rows, sorted and a page at a time. What stays on the page is patched, so that focus and selection stay where they
 * are.
 *
 * A column: `{ id, label, text(item), value(item), number, fill(cell, item), note(item) }`; with `value` it can be
 * sorted by, `fill` makes the cell instead of `text`, and `note` is the cell's `data-note`, for its look.
 */
export class Table {
    element;
    #columns;
    #key;
    #perPage;
    #empty;
    #items = [];
    #rows = new Map();
    #sort;
    #page = 0;
    #heads;
    #body = make("tbody");
    #choice;
    #pager;

    constructor({ caption, columns, key, sort = null, perPage = 25, empty }) {
        [this.#columns, this.#key, this.#sort, this.#perPage, this.#empty] = [columns, key, sort, perPage, empty];
        this.#heads = columns.map((column) => this.#head(column));
        const sortable = columns.filter(({ value }) => value);
        // Narrow windows show rows as cards, without a header row.
        this.#choice = make("select", { onchange: ({ target }) => this.#sortBy(...target.value.split(" ")) },
            ...sortable.flatMap(({ id, label, number }) =>
                ways(number).map((way) => new Option(`${label}, ${way}`, `${id} ${way}`))));
        this.#pager = make("nav", { class: "pager", "aria-label": `Pages of ${caption}` },
            make("button", { type: "button", onclick: () => this.#turn(-1) }, "Previous"),
            make("span"), make("button", { type: "button", onclick: () => this.#turn(1) }, "Next"));
        this.element = make("div", { class: "rows" },
            sortable.length > 0 ? make("label", { class: "sort-choice" }, "Sort by ", this.#choice) : null,
            make("table", {}, make("caption", { class: "unseen" }, caption),
                make("thead", {}, make("tr", {}, ...this.#heads)), this.#body),
            make("p", { class: "empty", hidden: true }), this.#pager);
        this.#mark();
    }

    /** Replaces the items of the rows. */
    show(items) {
        this.#items = items;
        this.#render();
    }

    #head({ id, label, value, number }) {
        const name = value ? make("button", { type: "button", onclick: () => this.#sortBy(id) }, label) : label;
        return make("th", { scope: "col", class: number ? "number" : null }, name);
    }

    #sortBy(id, way) {
        const { number } = this.#columns.find((column) => column.id === id);
        const [first, other] = ways(number);
        this.#sort = { id, way: way ?? (this.#sort?.id === id && this.#sort.way === first ? other : first) };
        this.#page = 0;
        this.#mark();
        this.#render();
    }

    #mark() {
        this.#columns.forEach(({ id, value }, place) => {
            const way = this.#sort?.id === id ? this.#sort.way : "none";
            setAttribute(this.#heads[place], "aria-sort", value ? way : null);
        });
        if (this.#sort) this.#choice.value = `${this.#sort.id} ${this.#sort.way}`;
    }

    #turn(step) {
        this.#page += step;
        this.#render();
    }

    #render() {
        const items = [...this.#items];
        if (this.#sort) {
            const { value } = this.#columns.find(({ id }) => id === this.#sort.id);
            const way = this.#sort.way === "ascending" ? 1 : -1;
            // Equal values are ordered by key, so that rows don't jump.
            items.sort((left, right) => compare(value(left), value(right), way)
                || compare(this.#key(left), this.#key(right), 1));
        }
        const pages = Math.max(1, Math.ceil(items.length / this.#perPage));
        this.#page = Math.min(pages - 1, Math.max(0, this.#page));
        const first = this.#page * this.#perPage;
        const shown = items.slice(first, first + this.#perPage);
        const rows = new Map(shown.map(this.#key).map((key) => [key, this.#rows.get(key) ?? this.#makeRow()]));
        this.#rows = rows;
        for (const item of shown) this.#fill(rows.get(this.#key(item)), item);
        arrange(this.#body, [...rows.values()]);
        const empty = find(".empty", this.element);
        setText(empty, this.#empty());
        empty.hidden = items.length > 0;
        this.#pager.hidden = pages === 1;
        const [back, place, on] = this.#pager.children;
        setText(place, `${count(first + 1)}–${count(first + shown.length)} of ${count(items.length)}`);
        [back.disabled, on.disabled] = [this.#page === 0, this.#page === pages - 1];
    }

    #makeRow() {
        return make("tr", {}, ...this.#columns.map(({ label, number, head }) => {
            const attributes = { class: number ? "number" : null, "data-label": label };
            return head ? make("th", { scope: "row", ...attributes }) : make("td", attributes);
        }));
    }

    #fill(row, item) {
        this.#columns.forEach(({ text, fill, note }, place) => {
            const cell = row.children[place];
            if (fill) fill(cell, item);
            else setText(cell, text(item));
            if (note) setAttribute(cell, "data-note", note(item));
        });
    }
}
