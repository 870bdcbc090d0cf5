import { labelChip } from "./card.js";
import { archive, columnName, onBoard } from "./column-names.js";
import { ago, dayOf, isOverdue } from "../shared/times.js";
import { avatar, find, make, setText, title } from "../shared/dom.js";

/** The same tasks as one list, by status, newest change first. Rows are kept by task, as cards are. */
export class ListView {
    #root = find("#list");
    #tasks;
    #route;
    #shows;
    #marks;
    #open;
    #rows = new Map();
    #statuses = [];
    #scheduled = false;

    constructor(tasks, route, { shows, marks, open }) {
        [this.#tasks, this.#route, this.#shows, this.#marks, this.#open] = [tasks, route, shows, marks, open];
        find(".rows", this.#root).replaceChildren();
        find(".chips", this.#root).replaceChildren();
    }

    arrange({ statuses }) {
        this.#statuses = statuses;
        const chips = ["", ...statuses].map((status) => {
            const chip = make("button", { type: "button", "data-list-status": status });
            chip.addEventListener("click", () => {
                this.#route.set({ status });
                this.refresh();
            });
            return chip;
        });
        find(".chips", this.#root).replaceChildren(...chips);
        // The names of columns are in the rows, too.
        for (const row of this.#rows.values()) row.told = null;
        this.refresh();
    }

    refresh() {
        if (this.#scheduled) return;
        this.#scheduled = true;
        setTimeout(() => this.#render(), 50);
    }

    #render() {
        this.#scheduled = false;
        if (this.#root.hidden) return;
        const status = this.#route.get("status");
        const all = [...this.#tasks.all()].filter((task) => typeof task.id === "number" && this.#shows(task));
        // What is archived is shown when it is asked for.
        const isOf = (status) => (task) => status ? task.status === status : task.status !== archive;
        const shown = all.filter(isOf(status))
            .sort((one, other) => other.updatedAt.localeCompare(one.updatedAt) || other.id - one.id);
        for (const chip of find(".chips", this.#root).children) {
            const of = chip.dataset.listStatus;
            const count = all.filter(isOf(of)).length;
            setText(chip, `${of ? columnName(of) : "All"} ${count}`);
            chip.setAttribute("aria-pressed", String(of === status));
        }
        setText(find(".count", this.#root), shown.length === 1 ? "1 task" : `${shown.length} tasks`);
        find(".empty", this.#root).hidden = shown.length > 0;
        this.#place(shown);
    }

    #place(tasks) {
        const list = find(".rows", this.#root);
        const ids = new Set(tasks.map((task) => task.id));
        for (const [id, row] of this.#rows) {
            if (ids.has(id)) continue;
            row.element.remove();
            this.#rows.delete(id);
        }
        let there = list.firstElementChild;
        for (const task of tasks) {
            if (!this.#rows.has(task.id)) this.#rows.set(task.id, this.#makeRow(task.id));
            const row = this.#rows.get(task.id);
            this.#fill(row, task);
            if (row.element === there) there = there.nextElementSibling;
            else list.insertBefore(row.element, there);
        }
    }

    #makeRow(id) {
        const part = (name) => make("span", { class: name });
        const parts = { name: part("name"), labels: part("labels"), priority: part("priority"), due: part("due"),
            status: part("status"), assignee: part("assignee"), changed: part("changed") };
        const button = make("button", { type: "button", class: "row" }, ...Object.values(parts));
        button.addEventListener("click", () => this.#open(id));
        return { element: make("li", { "data-row-id": id }, button), parts, told: null };
    }

    #fill(row, task) {
        // A pending change may be undone, and then the version is the earlier one again.
        const told = this.#tasks.isPending(task.id) ? null : `${task.version} ${task.status}`;
        const { late, unsaved } = this.#marks(task.id);
        setText(row.parts.changed, late ? "Not sent yet" : unsaved ? "Not saved" : ago(task.updatedAt));
        row.element.toggleAttribute("data-marked", late || unsaved);
        if (told !== null && row.told === told) return;
        row.told = told;
        row.element.dataset.priority = task.priority;
        setText(row.parts.name, task.name);
        setText(row.parts.priority, task.priority ? title(task.priority) : "");
        setText(row.parts.due, task.dueAt ? dayOf(task.dueAt) : "");
        row.parts.due.classList.toggle("overdue", isOverdue(task, onBoard(this.#statuses).at(-1)));
        setText(row.parts.status, columnName(task.status));
        row.parts.labels.replaceChildren(...task.labels.map(labelChip));
        row.parts.assignee.replaceChildren(...task.assigneeId
            ? [avatar(task.assigneeId), make("span", { class: "unseen", text: `Assigned to ${task.assigneeId}` })] : []);
    }
}
