import { announce, clone, find, setText } from "../shared/dom.js";
import { archive } from "./column-names.js";

/** The dialog in which an admin renames, adds, moves and removes the columns of the open board. */
export class ColumnEditor {
    #dialog = find("#column-editor");
    #form = find("form", this.#dialog);
    #rows = find("ol", this.#dialog);
    #workspace;
    /** The board as it was when the rows were filled. */
    #version = null;
    #columns = [];
    #saving = false;

    /** `workspace()` returns the current `{ client, board }`. */
    constructor(workspace) {
        this.#workspace = workspace;
        find("#columns").addEventListener("click", () => this.#open());
        this.#form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.#save();
        });
        this.#form.addEventListener("click", ({ target }) => {
            const button = target.closest("[data-act]");
            if (button) this.#act(button, button.closest("li"));
        });
        this.#rows.addEventListener("input", () => this.#label());
    }

    get #path() {
        return `/api/boards/${encodeURIComponent(this.#workspace().board)}`;
    }

    async #open() {
        this.#warn("");
        this.#rows.replaceChildren();
        this.#dialog.showModal();
        try {
            const { body } = await this.#workspace().client.request("GET", this.#path);
            this.#fill(body);
            find("input", this.#rows)?.focus();
        } catch (error) {
            this.#warn(error.detail ?? String(error));
        }
    }

    /** `rows`: what is to be shown, if not the board's columns. */
    #fill({ columns, version }, rows = columns) {
        [this.#version, this.#columns] = [version, columns];
        this.#rows.replaceChildren(...rows.map((column) => this.#row(column)));
        this.#label();
    }

    #row({ id = "", name = "", limit = null } = {}) {
        const row = clone("#column-row-template");
        row.dataset.id = id;
        find("[name=name]", row).value = name;
        find("[name=limit]", row).value = limit ?? "";
        return row;
    }

    #act({ dataset: { act } }, row) {
        if (act === "close") return this.#dialog.close();
        if (act === "add") {
            this.#rows.append(this.#row());
            this.#label();
            return find("[name=name]", this.#rows.lastElementChild).focus();
        }
        if (act === "archive") {
            this.#rows.append(this.#row({ id: archive, name: "Archive" }));
            this.#label();
            return find("[name=name]", this.#rows.lastElementChild).focus();
        }
        if (act === "remove") {
            const near = row.nextElementSibling ?? row.previousElementSibling;
            row.remove();
            this.#label();
            return find("[name=name]", near).focus();
        }
        if (act === "up") row.previousElementSibling.before(row);
        else row.nextElementSibling.after(row);
        this.#label();
        // The button has lost the focus, and may be of no use at the end.
        const button = find(`[data-act=${act}]`, row);
        (button.disabled ? find(`[data-act=${act === "up" ? "down" : "up"}]`, row) : button).focus();
        const place = [...this.#rows.children].indexOf(row) + 1;
        announce(`${nameIn(row)}, column ${place} of ${this.#rows.childElementCount}.`);
    }

    /** Names the controls of each row, and disables those that can do nothing. */
    #label() {
        const rows = [...this.#rows.children];
        rows.forEach((row, place) => {
            const name = nameIn(row) || `column ${place + 1}`;
            const label = (selector, text) => find(selector, row).setAttribute("aria-label", text);
            label("[name=name]", `Name of column ${place + 1}`);
            label("[name=limit]", `Limit of ${name}`);
            label("[data-act=up]", `Move ${name} to the left`);
            label("[data-act=down]", `Move ${name} to the right`);
            label("[data-act=remove]", `Remove ${name}`);
            find("[data-act=up]", row).disabled = place === 0;
            find("[data-act=down]", row).disabled = place === rows.length - 1;
            find("[data-act=remove]", row).disabled = rows.length === 1;
        });
        find("[data-act=archive]", this.#dialog).hidden = rows.some(({ dataset }) => dataset.id === archive);
    }

    async #save() {
        if (this.#version === null || this.#saving) return;
        const columns = [...this.#rows.children].map((row) => {
            const { id } = row.dataset;
            const limit = find("[name=limit]", row).value;
            return { ...(id && { id }), name: nameIn(row), limit: limit === "" ? null : Number(limit) };
        });
        this.#saving = true;
        this.#warn("");
        try {
            const options = { body: { columns }, ifMatch: this.#version };
            await this.#workspace().client.request("PATCH", this.#path, options);
            this.#dialog.close();
            announce("The columns are saved.");
        } catch (error) {
            const now = error.status === 412 ? error.problem?.board : null;
            if (now) this.#fill(now, mergeColumns(this.#columns, columns, now.columns));
            this.#warn(now ? "Somebody changed the board meanwhile. What you wrote is kept; look at it, and save again."
                : reasonOf(error));
        } finally {
            this.#saving = false;
        }
    }

    #warn(message) {
        const warning = find(".warning", this.#form);
        warning.hidden = !message;
        setText(warning, message);
    }
}

/**
 * The columns as the user wants them, with what somebody else did to those that the user left alone.
 *
 * @param before the columns that both began with
 */
export function mergeColumns(before, mine, theirs) {
    const find = (columns, id) => columns.find((column) => column.id === id);
    const rows = mine.flatMap((row) => {
        const [old, now] = [find(before, row.id), find(theirs, row.id)];
        if (!old) return [row];
        const isMine = row.name !== old.name || row.limit !== old.limit;
        // A column that was removed is a new one, if the user has written into it.
        if (!now) return isMine ? [{ name: row.name, limit: row.limit }] : [];
        return [{ id: row.id, name: row.name === old.name ? now.name : row.name,
            limit: row.limit === old.limit ? now.limit : row.limit }];
    });
    theirs.forEach((column, place) => {
        if (find(before, column.id)) return;
        const behind = rows.findIndex(({ id }) => id !== undefined && id === theirs[place - 1]?.id);
        rows.splice(place === 0 ? 0 : behind < 0 ? rows.length : behind + 1, 0, column);
    });
    return rows;
}

const nameIn = (row) => find("[name=name]", row).value.trim();

/** A refusal in words; for a bad value, which column it is in. */
function reasonOf({ detail, problem }) {
    const [error] = problem?.errors ?? [];
    if (!error) return detail ?? "The columns were not saved.";
    const place = error.pointer.match(/^\/columns\/(\d+)\/(\w+)$/);
    return place ? `Column ${Number(place[1]) + 1}: the ${place[2]} ${error.detail}.` : `A board ${error.detail}.`;
}
