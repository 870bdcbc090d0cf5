import { find, make } from "../shared/dom.js";

/**
 * Asks before something that can't be taken back.
 *
 * @param fields elements with a `name`, shown between the words and the buttons
 * @returns the fields' values by name (a checkbox's is whether it is checked), or null when the user declines
 */
export function confirm({ title, words, fields = [], act }) {
    const dialog = find("#confirm");
    const cancel = make("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
    const form = make("form", { method: "dialog" }, make("h2", { id: "confirm-title" }, title),
        ...words.map((text) => make("p", {}, text)), ...fields,
        make("div", { class: "buttons" }, cancel, make("button", { class: "danger", value: "yes" }, act)));
    dialog.replaceChildren(form);
    dialog.returnValue = "";
    dialog.showModal();
    // The harmless button has the focus, so that a stray Enter presses it.
    cancel.focus();
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => {
            const named = [...form.querySelectorAll("[name]")];
            const values = named.map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]);
            resolve(dialog.returnValue === "yes" ? Object.fromEntries(values) : null);
        }, { once: true });
    });
}
