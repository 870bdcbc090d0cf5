import { find, make } from "../shared/dom.js";

/** Shows a note below a field that two users have changed. Both texts are kept until the user has chosen. */
export function showConflict(field, text, take) {
    const there = find(".conflict", field);
    if (there && find("span", there).textContent === text) return;
    const button = make("button", { type: "button", text: "Use theirs" });
    button.addEventListener("click", () => {
        take();
        find("input, textarea, select", field).focus();
    });
    there?.remove();
    field.append(make("p", { class: "conflict", role: "alert" }, make("span", { text }), " ", button));
}

export function clearConflict(field) {
    find(".conflict", field)?.remove();
}
