const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

/** One task on the page: made once, then patched. What people wrote is only ever set as text. */
export class Card {
    element = document.querySelector("#card-template").content.firstElementChild.cloneNode(true);
    #statuses = null;
    #labels = "[]";

    constructor(id) {
        this.element.dataset.taskId = id;
    }

    update(task, statuses) {
        const part = (name) => this.element.querySelector(name);
        const select = part("select");
        setText(part(".name"), task.name);
        setText(part(".priority"), title(task.priority));
        setText(part(".assignee"), task.assigneeId ?? "");
        setText(part(".due"), task.dueAt ? `Due ${day.format(new Date(task.dueAt))}` : "");
        this.element.dataset.priority = task.priority;
        select.setAttribute("aria-label", `Move to, for ${task.name}`);
        if (this.#labels !== (this.#labels = JSON.stringify(task.labels))) {
            const chip = (label) => setText(document.createElement("span"), label);
            part(".labels").replaceChildren(...task.labels.map(chip));
        }
        if (this.#statuses !== (this.#statuses = statuses)) {
            select.replaceChildren(...statuses.map((status) => new Option(title(status), status)));
        }
        select.value = task.status;
    }
}

export function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
    return element;
}

/** `in_progress` → `In progress` */
export function title(status) {
    const words = status.replace(/[_-]+/g, " ");
    return words.charAt(0).toUpperCase() + words.slice(1);
}
