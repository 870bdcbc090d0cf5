import { find } from "../shared/dom.js";
import { prose } from "./prose.js";

/** The description of the open task: read as it is meant, and written as text. */
export class Described {
    #field;
    #prose;
    #edit;
    #mayWrite;
    #draft = null;
    #shown = null;

    constructor(root, mayWrite) {
        [this.#field, this.#prose, this.#edit] = ["textarea", ".prose", "[data-act=write]"].map((name) => find(name, root));
        this.#mayWrite = mayWrite;
        this.#edit.addEventListener("click", () => this.#write());
        this.#prose.addEventListener("click", ({ target }) => {
            if (mayWrite && !target.closest("a") && getSelection().isCollapsed) this.#write();
        });
        this.#field.addEventListener("focusout", () => this.#render());
    }

    show(draft) {
        this.#draft = draft;
        this.#render();
    }

    #write() {
        this.#prose.hidden = this.#edit.hidden = true;
        this.#field.hidden = false;
        this.#field.focus();
    }

    /** What is being written, or differs from the task, stays as it is written. */
    #render() {
        const text = this.#draft?.value("description") ?? "";
        const isOpen = document.activeElement === this.#field || "description" in this.#draft.written
            || "description" in this.#draft.replaced;
        const isRead = text.trim() !== "" && !isOpen;
        if (isRead && this.#shown !== text) {
            this.#prose.replaceChildren(...prose(text));
            this.#shown = text;
        }
        this.#prose.hidden = !isRead;
        this.#field.hidden = isRead;
        this.#edit.hidden = !isRead || !this.#mayWrite;
    }
}
