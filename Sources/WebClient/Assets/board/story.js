import { columnName } from "./column-names.js";
import { dateAndTime, dayOf, timeOf } from "../shared/times.js";
import { showChanges } from "./words.js";
import { avatar, make } from "../shared/dom.js";

const labelOf = { assigneeId: "assignee", dueAt: "due date", status: "column" };
const verbs = {
    "task.created": "added", "task.updated": "edited", "task.status_changed": "moved", "task.deleted": "deleted",
    "board.created": "made the board", "board.updated": "changed the board", "board.deleted": "deleted the board",
    "job.created": "started", "job.progress": "is at work", "job.completed": "finished", "job.failed": "failed",
};
/** How much of a text is shown that became another, or nothing. */
const longest = 300;

/** An event as a row: when, who, what. `names`: `{ name(taskId), open(taskId) }`; without it the task is not named. */
export function storyRow(event, names = null) {
    const who = event.actor ?? "";
    const row = make("li", { "data-seq": event.seq },
        make("time", { datetime: event.timestamp, text: whenOf(event.timestamp), title: dateAndTime(event.timestamp) }),
        make("span", { class: "who" }, ...who ? [avatar(who), make("span", { text: who })] : []),
        make("span", { class: "verb", text: verbs[event.type] ?? event.type.replace(/[._]/g, " ") }));
    const what = make("span", { class: "what" });
    if (event.taskId !== undefined && names !== null) {
        const name = event.task?.name ?? names.name(event.taskId) ?? `#${event.taskId}`;
        const open = make("button", { type: "button", class: "link", text: name });
        open.addEventListener("click", () => names.open(event.taskId));
        what.append(open, " ");
    }
    what.append(...[sentence(event)].flat());
    row.append(what);
    return row;
}

/** The time, with the day if it is not today. */
function whenOf(timestamp) {
    const isToday = new Date(timestamp).toDateString() === new Date().toDateString();
    return isToday ? timeOf(timestamp) : `${dayOf(timestamp)}, ${timeOf(timestamp)}`;
}

/** What happened, as text or as a list of texts and elements. */
function sentence({ type, changes, previousStatus, newStatus, data, board, job }) {
    if (type === "task.status_changed") return `${columnName(previousStatus)} → ${columnName(newStatus)}`;
    if (type === "task.updated" && changes) {
        const parts = Object.entries(changes).filter(([name]) => name !== "rank")
            .flatMap(([name, [before, after]]) => ["; ", ...changeOf(name, before, after)]);
        return parts.length > 0 ? parts.slice(1) : "moved in its column";
    }
    if (job !== undefined) return jobOf(type, job);
    if (data !== undefined) return dataOf(data);
    if (type === "board.updated" && changes) return boardOf(changes);
    return board?.name ?? "";
}

/** A text as its changed words, a list as what came and went, anything else as what it was and what it is. */
function changeOf(name, before, after) {
    const label = `${labelOf[name] ?? name}: `;
    if (Array.isArray(before) && Array.isArray(after)) return [label, ...listChange(before, after)];
    const isText = (name === "name" || name === "description") && before !== "" && after !== "";
    return isText ? [label, showChanges(before, after, { brief: true })]
        : [`${label}${say(name, before)} → ${say(name, after)}`];
}

function listChange(before, after) {
    const marks = [
        ...before.filter((item) => !after.includes(item)).map((text) => make("del", { text })),
        ...after.filter((item) => !before.includes(item)).map((text) => make("ins", { text })),
    ];
    if (marks.length === 0) return ["in another order"];
    return [make("span", { class: "words" }, ...marks.flatMap((mark, place) => place > 0 ? [", ", mark] : [mark]))];
}

/** Columns have ids, which people do not see, and limits. */
function boardOf({ name, columns }) {
    const parts = name ? changeOf("name", ...name) : [];
    if (!columns) return parts;
    const [before, after] = columns.map((side) => side.map(({ name, limit }) => limit === null ? name : `${name} (limit ${limit})`));
    return [...parts, ...parts.length > 0 ? ["; "] : [], "columns: ", ...listChange(before, after)];
}

/** What was published, as its members. */
function dataOf(data) {
    if (data === null || typeof data !== "object") return shorten(String(data ?? ""));
    const told = Object.entries(data).map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`);
    return shorten(told.join(", "));
}

function jobOf(type, { name, status, progress, message, error }) {
    if (type === "job.failed") return [`“${name}”`, status === "cancelled" ? "cancelled" : error].filter(Boolean).join(" · ");
    if (type !== "job.progress") return `“${name}”`;
    return [`“${name}”`, status === "queued" ? "waits to begin" : `${progress} %`, message].filter(Boolean).join(" · ");
}

function say(name, value) {
    if (value === null || value === "" || value.length === 0) return "nothing";
    if (name === "dueAt") return dayOf(value);
    return shorten(Array.isArray(value) ? value.join(", ") : String(value));
}

const shorten = (text) => text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
