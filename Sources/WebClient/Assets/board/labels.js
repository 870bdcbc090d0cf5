import { find, make } from "../shared/dom.js";
import { labelChip } from "./card.js";

/** A list of labels to be edited: Enter or a comma adds one, Backspace in the empty field removes the last. */
export class LabelEditor {
    #root;
    #input;
    #changed;
    #labels = [];

    constructor(root, changed) {
        [this.#root, this.#input, this.#changed] = [root, find("input", root), changed];
        this.#input.addEventListener("keydown", (event) => this.#press(event));
        this.#input.addEventListener("change", () => this.#add());
        this.#root.addEventListener("click", (event) => event.target === this.#root && this.#input.focus());
    }

    get value() {
        return this.#labels;
    }

    set value(labels) {
        if (labels.join("\n") === this.#labels.join("\n") && labels.length === this.#labels.length) return;
        this.#labels = labels;
        find("ul", this.#root).replaceChildren(...labels.map((label) => {
            const remove = make("button", { type: "button", "aria-label": `Remove ${label}`, text: "×" });
            remove.addEventListener("click", () => {
                this.#input.focus();
                this.#set(this.#labels.filter((other) => other !== label));
            });
            return make("li", {}, labelChip(label), remove);
        }));
    }

    set disabled(is) {
        this.#input.disabled = is;
        this.#root.toggleAttribute("data-disabled", is);
    }

    #set(labels) {
        this.value = labels;
        this.#changed();
    }

    #press(event) {
        if (event.key === "," || event.key === "Enter" && this.#input.value.trim() && !event.ctrlKey && !event.metaKey) {
            event.preventDefault();
            this.#add();
        } else if (event.key === "Backspace" && this.#input.value === "" && this.#labels.length > 0) {
            this.#set(this.#labels.slice(0, -1));
        }
    }

    #add() {
        const label = this.#input.value.trim();
        this.#input.value = "";
        if (label && !this.#labels.includes(label)) this.#set([...this.#labels, label]);
    }
}
