import { dayOf, isOverdue } from "../shared/times.js";
import { avatar, clone, find, hueOf, make, setText, title } from "../shared/dom.js";

/** The card of one task: made once, then patched. */
export class Card {
    element = clone("#card-template");
    #labels = "[]";
    #assignee = null;

    constructor(id) {
        this.element.id = `card-${id}`;
        this.element.dataset.taskId = id;
    }

    /** Replaces the provisional id of a new task with the server's. */
    rename(id) {
        this.element.id = `card-${id}`;
        this.element.dataset.taskId = id;
    }

    update(task, { last, pending, late, unsaved }) {
        const part = (name) => find(name, this.element);
        setText(part(".name"), task.name);
        part(".more").setAttribute("aria-label", `Actions for ${task.name}`);
        setText(part(".priority"), task.priority && task.priority !== "medium" ? title(task.priority) : "");
        setText(part(".due"), task.dueAt ? `Due ${dayOf(task.dueAt)}` : "");
        part(".due").classList.toggle("overdue", isOverdue(task, last));
        this.element.dataset.priority = task.priority;
        this.element.toggleAttribute("data-pending", pending);
        this.element.toggleAttribute("data-late", late);
        part(".late").hidden = !late;
        part(".unsaved").hidden = late || !unsaved;
        if (this.#labels !== (this.#labels = JSON.stringify(task.labels))) {
            part(".labels").replaceChildren(...task.labels.map(labelChip));
        }
        if (this.#assignee !== (this.#assignee = task.assigneeId)) {
            const name = make("span", { class: "unseen", text: `Assigned to ${task.assigneeId}` });
            part(".assignee").replaceChildren(...task.assigneeId ? [avatar(task.assigneeId), name] : []);
            part(".assignee").title = task.assigneeId ?? "";
        }
        part(".facts").hidden = [...part(".facts").children].every((fact) => fact.hidden || fact.childNodes.length === 0);
    }

    typing(text) {
        setText(find(".typing", this.element), text);
    }
}

export function labelChip(label) {
    const chip = make("span", { class: "label", text: label });
    chip.style.setProperty("--hue", hueOf(label));
    return chip;
}
