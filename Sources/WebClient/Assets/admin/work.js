import { History, when } from "./history.js";
import { count, plural } from "./format.js";
import { Table } from "./table.js";
import { find, make, setText } from "../shared/dom.js";

/** How many tasks of a board are counted. */
const mostCounted = 200;
const open = ["queued", "processing"];

/** The boards of the tenant and its jobs, with what an admin can do with them. */
export class WorkView {
    #request;
    #boards;
    #jobs;
    #round = 0;

    /** `acts`: `{ renameBoard(board), deleteBoard(board), cancelJob(job) }`. */
    constructor(request, acts) {
        this.#request = request;
        this.#boards = new Table({
            caption: "Boards", key: ({ id }) => id, sort: { id: "name", way: "ascending" }, empty: () => "No board is known yet.",
            columns: [
                { id: "name", label: "Board", head: true, value: ({ name }) => name, fill: (cell, { id, name }) => {
                    if (cell.dataset.shown === name) return;
                    cell.dataset.shown = name;
                    cell.replaceChildren(make("a", { href: `./#board=${encodeURIComponent(id)}` }, name), " ", make("code", {}, id));
                } },
                { id: "tasks", label: "Tasks", number: true, value: ({ tasks }) => tasks,
                    text: ({ tasks }) => tasks === null ? "–" : tasks > mostCounted ? `over ${count(mostCounted)}` : count(tasks) },
                { id: "people", label: "Here now", number: true, value: ({ people }) => people,
                    text: ({ people }) => people === null ? "–" : count(people) },
                { id: "columns", label: "Columns", text: ({ columns }) => columns.map(({ name }) => name).join(", ") },
                { id: "acts", label: "", fill: (cell, board) => fillActs(cell, board, [
                    ["Rename…", `Rename the board ${board.name}`, acts.renameBoard],
                    // The gateway keeps the board `main` for every tenant.
                    ...board.id === "main" ? [] : [["Delete…", `Delete the board ${board.name}`, acts.deleteBoard]],
                ]) },
            ],
        });
        find("#board-list").append(this.#boards.element);
        this.#jobs = new History(find("#job-list"), () => this.#request, {
            path: "/api/jobs", caption: "Jobs, newest first", empty: "There has been no job.",
            columns: [
                { id: "name", label: "Job", head: true, text: ({ name }) => name },
                { id: "status", label: "Status", text: ({ status, progress, error }) =>
                    [status === "processing" ? `${progress} %` : status, status === "failed" ? error : null].filter(Boolean).join(": ") },
                { id: "message", label: "Message", text: ({ message }) => message ?? "" },
                { id: "board", label: "Board", text: ({ boardId }) => boardId ?? "" },
                { id: "by", label: "By", text: ({ createdBy }) => createdBy },
                { id: "time", label: "Since", fill: when("createdAt") },
                { id: "acts", label: "", fill: (cell, job) => fillActs(cell, job, open.includes(job.status)
                    ? [["Cancel…", `Cancel the job ${job.name}`, acts.cancelJob]] : []) },
            ],
        });
    }

    clear() {
        this.#round += 1;
        this.#boards.show([]);
        this.#jobs.clear();
        setText(find("#boards-count"), "");
    }

    async refresh() {
        this.#jobs.refresh();
        const round = this.#round += 1;
        const boards = await this.#request("GET", "/api/boards").then(({ body }) => body.items, () => null);
        if (boards === null || round !== this.#round) return;
        const rows = boards.map((board) => ({ ...board, tasks: null, people: null }));
        this.#boards.show(rows);
        setText(find("#boards-count"), plural(rows.length, "board"));
        // One after the other: there may be many.
        for (const row of rows) {
            const path = encodeURIComponent(row.id);
            const tasks = await this.#request("GET", `/api/tasks?board=${path}&limit=${mostCounted}`).catch(() => null);
            const people = await this.#request("GET", `/api/boards/${path}/presence`).catch(() => null);
            if (round !== this.#round) return;
            if (tasks) row.tasks = tasks.body.items.length + (tasks.body.next === null ? 0 : 1);
            if (people) row.people = people.body.count;
            this.#boards.show(rows);
        }
    }
}

/** Buttons for an item, `[text, label, act]` each; those that are there stay, with the focus. */
function fillActs(cell, item, buttons) {
    cell.className = "acts";
    cell.item = item;
    const told = JSON.stringify(buttons.map(([text, label]) => [text, label]));
    if (cell.dataset.told === told) return;
    cell.dataset.told = told;
    cell.replaceChildren(...buttons.map(([text, label, act]) =>
        make("button", { type: "button", "aria-label": label, onclick: () => act(cell.item) }, text)));
}
