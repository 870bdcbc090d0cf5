import { archive, columnName } from "./column-names.js";
import { find, findAll, make, openBelow } from "../shared/dom.js";

const popover = find("#menu");

/** The one menu of the page, of a card or of a board. */
class Menu {
    #anchor = null;
    /** The element that had the focus, which gets it back. */
    #opener;

    constructor() {
        popover.addEventListener("keydown", (event) => this.#press(event));
        popover.addEventListener("toggle", ({ newState }) => {
            if (newState === "closed" && popover.contains(document.activeElement)) this.#opener.focus();
        });
    }

    /** `entries`: `{ text, act, checked?, disabled?, danger? }`, or a text for a heading. */
    open(anchor, label, entries) {
        if (popover.matches(":popover-open") && anchor === this.#anchor) return popover.hidePopover();
        // The browser has to know that button and menu belong together, or it would close the menu before the click
        // does.
        if (this.#anchor) this.#anchor.popoverTargetElement = null;
        this.#anchor = anchor;
        anchor.popoverTargetElement = popover;
        const focused = document.activeElement;
        this.#opener = anchor.parentNode.contains(focused) ? focused : anchor;
        popover.setAttribute("aria-label", label);
        popover.replaceChildren(...entries.map((entry) => typeof entry === "string"
            ? make("p", { role: "presentation", text: entry })
            : this.#item(entry)));
        openBelow(popover, anchor);
        find("button:not([disabled])", popover).focus();
    }

    #item({ text, act, checked, disabled, danger }) {
        const role = checked === undefined ? "menuitem" : "menuitemradio";
        const item = make("button", { type: "button", role, text, disabled, tabindex: "-1", class: danger && "danger",
            "aria-checked": checked === undefined ? undefined : String(checked) });
        item.addEventListener("click", () => {
            this.#opener.focus({ preventScroll: true });
            popover.hidePopover();
            act();
        });
        return item;
    }

    #press(event) {
        const items = findAll("button:not([disabled])", popover);
        const place = items.indexOf(document.activeElement);
        const next = {
            ArrowDown: (place + 1) % items.length,
            ArrowUp: (place - 1 + items.length) % items.length,
            Home: 0,
            End: items.length - 1,
        }[event.key];
        if (event.key === "Tab") popover.hidePopover();
        const typed = next ?? (event.key.length === 1 && event.key !== " "
            ? items.findIndex((item) => item.textContent.toLowerCase().startsWith(event.key.toLowerCase())) : -1);
        if (typed < 0) return;
        event.preventDefault();
        items[typed].focus();
    }
}

export const menu = new Menu();

/** The entries of a card: everything that dragging can do, one click each. */
export function entriesFor(task, view, { open, move, remove, archive: putAway, mayWrite }) {
    const entries = [{ text: "Open", act: () => open(task.id) }];
    if (!mayWrite()) return entries;
    const ids = view.shown(task.status);
    const place = ids.indexOf(task.id);
    return [
        ...entries,
        "Move to…",
        ...view.statuses.map((status) => ({
            text: columnName(status), checked: status === task.status, disabled: status === task.status,
            act: () => move(task.id, status),
        })),
        "In this column",
        { text: "Top", disabled: place === 0, act: () => move(task.id, task.status, null) },
        { text: "Up", disabled: place === 0, act: () => move(task.id, task.status, ids[place - 2] ?? null) },
        { text: "Down", disabled: place === ids.length - 1, act: () => move(task.id, task.status, ids[place + 1]) },
        "",
        ...view.allStatuses.includes(archive) ? [{ text: "Archive", act: () => putAway(task.id) }] : [],
        { text: "Delete", danger: true, act: () => remove(task.id) },
    ];
}
