import { find, make, setText } from "../shared/dom.js";
import { dayOf } from "../shared/times.js";
import { keepBoth } from "./draft.js";
import { showChanges } from "./words.js";

const texts = ["name", "description"];
const hasBoth = (name) => texts.includes(name) || name === "labels";

/**
 * Shows a note below a field that two users have changed: the user's text, which is in the field, is not saved, and the
 * task has another's.
 *
 * @param mine returns what the field holds when the user chooses
 * @param choose called with the value that the field is to have; undefined for the task's own
 */
export function showConflict(field, { name, who, before, mine, theirs }, choose) {
    showNote(field, {
        key: [who, before, theirs],
        title: `${who} changed this while you were writing.`,
        content: changeOf(name, before, theirs),
        choices: [
            ["Use theirs", () => choose()],
            ...hasBoth(name) ? [["Keep both", () => choose(keepBoth(name, before, mine(), theirs) ?? mine())]] : [],
        ],
    });
}

/**
 * Shows a note below a field that somebody else changed after the user had saved it.
 *
 * @param choose as above, and `null` to leave the field as it is
 */
export function showReplaced(field, { name, who, before, mine, theirs }, choose, copyMine) {
    const both = hasBoth(name) ? keepBoth(name, before, mine, theirs) : null;
    showNote(field, {
        key: [who, mine, theirs],
        title: `${who} replaced what you saved.`,
        content: changeOf(name, mine, theirs),
        choices: [
            ["Put mine back", () => choose(mine)],
            ...both === null ? [] : [["Keep both", () => choose(both)]],
            ...texts.includes(name) ? [["Copy mine", copyMine]] : [],
            ["Leave it", () => choose(null)],
        ],
    });
}

export function clearConflict(field) {
    find(".conflict", field)?.remove();
}

function showNote(field, { key, title, content, choices }) {
    const [there, text] = [find(".conflict", field), JSON.stringify(key)];
    if (there?.dataset.key === text) return;
    there?.remove();
    const buttons = choices.map(([text, act]) => make("button", { type: "button", text, onclick: () => {
        act();
        find("input, textarea, select", field)?.focus();
    } }));
    const note = make("div", { class: "conflict", role: "alert", "data-key": text },
        make("p", { text: title }), content, make("p", { class: "choices" }, ...buttons));
    field.append(note);
    // Who writes sees the end of the field, and not what is below it.
    note.scrollIntoView({ block: "nearest" });
}

/** What became of a value: a text with its changed words marked, anything else in one line. */
function changeOf(name, before, after) {
    if (texts.includes(name) && after !== "") {
        return make("blockquote", {}, showChanges(before, after, { brief: true }));
    }
    return setText(make("p"), `It is ${wordsOf(name, after)} now.`);
}

function wordsOf(name, value) {
    if (value === null || value === "" || value.length === 0) return "empty";
    if (name === "dueAt") return dayOf(value);
    return `“${Array.isArray(value) ? value.join(", ") : value}”`;
}
