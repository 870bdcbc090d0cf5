import { find } from "../shared/dom.js";
import { idOf } from "./view.js";

/** The keyboard on the board: arrows go from card to card, and a lifted card goes with them. */
export class Keys {
    #root = find("#board");
    #view;
    #lift;
    #act;

    /** `act`: `{ open(id), menu(id, anchor), remove(id), archive(id), undo(), mayWrite() }`. */
    constructor(view, lift, act, signal) {
        [this.#view, this.#lift, this.#act] = [view, lift, act];
        this.#root.addEventListener("keydown", (event) => this.#press(event), { signal });
        // Space acts on keydown; on keyup a button would take it for a click too.
        this.#root.addEventListener("keyup", (event) => {
            if (event.key === " " && event.target.matches(".open")) event.preventDefault();
        }, { signal });
        this.#root.addEventListener("pointerdown", () => this.#lift.id !== null && this.#lift.cancel(), { signal });
        addEventListener("keydown", (event) => this.#anywhere(event), { signal });
    }

    #press(event) {
        const card = event.target.matches(".open") && event.target.closest(".card");
        if (!card || event.ctrlKey || event.altKey || event.metaKey) return;
        const id = idOf(card);
        if (this.#lift.id !== null ? this.#carry(event, id) : this.#rest(event, card, id)) {
            event.preventDefault();
            event.stopPropagation();
        }
    }

    /** Handles a key while a card is lifted. @returns whether the key was handled. */
    #carry({ key }, id) {
        if (key === "Escape" || key === "Tab") this.#lift.cancel();
        else if (key === " " || key === "Enter") this.#lift.drop();
        else if (key.startsWith("Arrow")) this.#lift.step(key);
        else return false;
        this.#view.flush();
        this.#view.focus(id);
        return key !== "Tab";
    }

    #rest({ key, shiftKey }, card, id) {
        if (key.startsWith("Arrow") && !shiftKey) return this.#go(key, card);
        // Not left to the button, since not every Enter clicks it: in Firefox, none from WebDriver does.
        if (key === "Enter") {
            this.#act.open(id);
            return true;
        }
        const writes = key === " " || key === "Delete" || key === "a" || key === "m" || key === "ContextMenu" || key.startsWith("Arrow");
        if (!writes || !this.#act.mayWrite()) return key === " ";
        if (key === " ") this.#lift.begin(id);
        else if (key === "Delete") this.#act.remove(id);
        else if (key === "a") this.#act.archive(id);
        else if (!key.startsWith("Arrow")) this.#act.menu(id, find(".more", card));
        else if (this.#lift.begin(id)) {
            this.#lift.step(key);
            this.#lift.drop();
        }
        return true;
    }

    #go(key, card) {
        const column = card.closest(".column");
        const place = [...card.parentNode.children].indexOf(card);
        const beside = (next) => {
            const on = key === "ArrowLeft" ? "previousElementSibling" : "nextElementSibling";
            for (let column = next; column; column = column[on]) {
                const cards = find(".cards", column).children;
                if (cards.length > 0) return cards[Math.min(place, cards.length - 1)];
            }
        };
        const target = {
            ArrowUp: () => card.previousElementSibling,
            ArrowDown: () => card.nextElementSibling,
            ArrowLeft: () => beside(column.previousElementSibling),
            ArrowRight: () => beside(column.nextElementSibling),
        }[key]();
        if (target) find(".open", target).focus();
        return true;
    }

    #anywhere(event) {
        if (event.target.matches("input, textarea, select") || event.altKey) return;
        if ((event.ctrlKey || event.metaKey) && event.key === "z" && this.#lift.id === null && this.#act.mayWrite()) {
            event.preventDefault();
            return this.#act.undo();
        }
        if (event.ctrlKey || event.metaKey) return;
        if (document.querySelector("dialog[open]")) return;
        if (event.key === "?") return find("#help").showModal();
        const field = { "/": "#query", n: "#board:not([hidden]) .add input" }[event.key];
        if (!field || !find(field)) return;
        event.preventDefault();
        find(field).focus();
    }
}
