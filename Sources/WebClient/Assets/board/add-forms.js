import { copy, find } from "../shared/dom.js";
import { Shelf } from "../shared/stored.js";

const kept = 30 * 86_400_000;

/** What is being written in the forms below the columns, kept until it is added. */
export class AddForms {
    #root = find("#board");
    #shelf;
    #notices;

    constructor(owner, board, notices, signal) {
        this.#notices = notices;
        this.#shelf = new Shelf(() => localStorage, `boardcast.add/${owner}/${board}/`, kept);
        this.#root.addEventListener("input", ({ target }) => {
            const form = target.closest(".add");
            if (form) this.#keep(form.closest(".column").dataset.status, target.value);
        }, { signal });
    }

    /** Fills the forms of the columns that there are; texts for columns that are gone stay where they are kept. */
    restore() {
        for (const [status, text] of this.#shelf.all()) {
            const input = find(`.column[data-status="${CSS.escape(status)}"] .add input`, this.#root);
            if (input && input.value === "") input.value = text;
        }
    }

    /** Saves what was written for a column that somebody has removed. */
    left(text, column) {
        this.#notices.say(`The column “${column}” was removed. You were writing “${text}” there.`, {
            actions: [["Copy it", () => copy(text)]], stay: Infinity,
        });
    }

    #keep(status, text) {
        if (text.trim()) this.#shelf.put(status, text);
        else this.#shelf.remove(status);
    }
}
