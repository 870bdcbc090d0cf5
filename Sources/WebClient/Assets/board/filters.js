import { isOverdue, today } from "../shared/times.js";
import { anchored, find, findAll, setText, title } from "../shared/dom.js";

const names = ["assignee", "label", "priority", "due"];
const nobody = "(nobody)";

/** The filters of the tasks; they are kept in the address. */
export class Filters {
    #route;
    #changed;
    #query = find("#query");
    #panel = find("#filters");
    #button = find("#filter");

    constructor(route, changed) {
        [this.#route, this.#changed] = [route, changed];
        this.#query.addEventListener("input", () => this.#set({ q: this.#query.value.trim() }));
        this.#query.addEventListener("keydown", (event) => {
            if (event.key !== "Escape") return;
            this.#query.value = "";
            this.#set({ q: "" });
            this.#query.blur();
        });
        this.#panel.addEventListener("change", ({ target }) => this.#set({ [target.name]: target.value }));
        find("button", this.#panel).addEventListener("click", () => {
            this.#set(Object.fromEntries(names.map((name) => [name, ""])));
            this.show();
        });
    }

    /** Shows all tasks. */
    clear() {
        this.#query.value = "";
        this.#set(Object.fromEntries(["q", ...names].map((name) => [name, ""])));
        this.#query.focus();
    }

    /** Fills the choices from `tasks()` and `users()`. */
    choices(tasks, users) {
        anchored(this.#button, this.#panel, () => this.#offer([...tasks()], users()));
    }

    /** Shows what the address names. */
    show() {
        if (this.#query.value.trim() !== this.#route.get("q")) this.#query.value = this.#route.get("q");
        for (const name of names) {
            const select = find(`[name=${name}]`, this.#panel);
            const value = this.#route.get(name);
            const isOffered = [...select.options].some((option) => option.value === value);
            if (!isOffered) select.append(new Option(value, value));
            select.value = value;
        }
        const count = names.filter((name) => this.#route.get(name)).length;
        const badge = find(".badge", this.#button);
        badge.hidden = count === 0;
        setText(badge, String(count));
        this.#button.setAttribute("aria-label", count === 0 ? "Filter" : `Filter, ${count} set`);
        find("button", this.#panel).disabled = count === 0;
    }

    matches(task, last) {
        const [q, assignee, label, priority, due] = ["q", ...names].map((name) => this.#route.get(name));
        return (!q || this.#says(task, q.toLowerCase()))
            && (!assignee || task.assigneeId === (assignee === nobody ? null : assignee))
            && (!label || task.labels.includes(label))
            && (!priority || task.priority === priority)
            && (!due || this.#isDue(task, due, last));
    }

    #says(task, q) {
        const texts = [task.name, task.description, task.assigneeId ?? "", `#${task.id}`, ...task.labels];
        return texts.some((text) => text.toLowerCase().includes(q));
    }

    #isDue(task, due, last) {
        if (due === "overdue") return isOverdue(task, last);
        return due === "none" ? task.dueAt === null : task.dueAt?.slice(0, 10) === today();
    }

    #set(changes) {
        this.#route.set(changes);
        this.show();
        this.#changed();
    }

    #offer(tasks, users) {
        const sorted = (values) => [...new Set(values)].sort((one, other) => one.localeCompare(other));
        const assignees = sorted([...users, ...tasks.map((task) => task.assigneeId).filter(Boolean)]);
        const options = {
            assignee: [["", "Anybody"], [nobody, "Nobody"], ...assignees.map((name) => [name, name])],
            label: [["", "Any"], ...sorted(tasks.flatMap((task) => task.labels)).map((name) => [name, name])],
            priority: [["", "Any"], ...["urgent", "high", "medium", "low"].map((name) => [name, title(name)])],
            due: [["", "Any time"], ["overdue", "Overdue"], ["today", "Today"], ["none", "No date"]],
        };
        for (const select of findAll("select", this.#panel)) {
            select.replaceChildren(...options[select.name].map(([value, text]) => new Option(text, value)));
        }
        this.show();
    }
}
