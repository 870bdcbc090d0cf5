import { find, setText } from "../shared/dom.js";

/** How many ids are tried for a new board, of which all but the last may be taken. */
const mostTries = 20;

/** The dialogs in which an admin makes a board, renames the open one, or deletes it. */
export class BoardDialogs {
    #editor = new Dialog(find("#board-editor"));
    #remover = new Dialog(find("#board-remover"));
    #workspace;
    #told;

    /** `workspace()` returns the current one; `told`: `{ made(board), removed(board) }`. */
    constructor(workspace, told) {
        [this.#workspace, this.#told] = [workspace, told];
    }

    make() {
        this.#edit("A new board", "Make the board", "", async (name, request) => {
            const board = await create(request, name);
            this.#told.made(board);
        });
    }

    rename() {
        const { board, name: before } = this.#workspace();
        this.#edit("Rename this board", "Rename", before, (name, request) => request("PATCH", pathOf(board), { body: { name } }));
    }

    remove() {
        const workspace = this.#workspace();
        const { board: id, name, tasks } = workspace;
        const count = tasks.size === 1 ? "its task" : `its ${tasks.size} tasks`;
        const { element } = this.#remover;
        setText(find("h2", element), `Delete “${name}”?`);
        setText(find(".loss", element), tasks.size === 0 ? "It has no tasks. This can't be undone."
            : `The board is deleted with ${count}, for everybody. This can't be undone; an export of all of it can be imported again.`);
        setText(find("button.danger", element), tasks.size === 0 ? "Delete the board" : `Delete the board and ${count}`);
        this.#remover.open(async () => {
            workspace.isLeaving = true;
            try {
                await this.#request("DELETE", pathOf(id));
            } catch (error) {
                workspace.isLeaving = false;
                throw error;
            }
            this.#told.removed({ id, name });
        });
        find("[data-act=close]", element).focus();
    }

    #edit(heading, button, name, act) {
        const { element } = this.#editor;
        const input = find("input", element);
        setText(find("h2", element), heading);
        setText(find("button.primary", element), button);
        input.value = name;
        this.#editor.open(() => act(input.value.trim(), (...call) => this.#request(...call)));
        input.select();
    }

    #request(...call) {
        return this.#workspace().client.request(...call);
    }
}

/** A dialog with one act, which closes when that has succeeded, and says why it has not. */
class Dialog {
    element;
    #act;
    #isBusy = false;

    constructor(element) {
        this.element = element;
        find("form", element).addEventListener("submit", (event) => {
            event.preventDefault();
            this.#run();
        });
        find("[data-act=close]", element).addEventListener("click", () => element.close());
    }

    open(act) {
        this.#act = act;
        this.#warn("");
        this.element.showModal();
    }

    async #run() {
        if (this.#isBusy) return;
        this.#isBusy = true;
        this.#warn("");
        try {
            await this.#act();
            this.element.close();
        } catch (error) {
            this.#warn(error.problem?.errors?.length > 0 ? `The name ${error.problem.errors[0].detail}.` : error.detail ?? String(error));
        } finally {
            this.#isBusy = false;
        }
    }

    #warn(message) {
        const warning = find(".warning", this.element);
        warning.hidden = !message;
        setText(warning, message);
    }
}

const pathOf = (id) => `/api/boards/${encodeURIComponent(id)}`;

/** Makes a board with an id like its name, and a number where that is taken. */
async function create(request, name) {
    const base = idOf(name);
    for (let number = 1; ; number += 1) {
        try {
            const body = { id: number === 1 ? base : `${base}-${number}`, name };
            return (await request("POST", "/api/boards", { body })).body.board;
        } catch (error) {
            if (error.status !== 409 || number === mostTries) throw error;
        }
    }
}

/** `Été à Zürich` becomes `ete-a-zurich`; a name without Latin letters or digits becomes `board`. */
export function idOf(name) {
    const latin = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    const words = latin.match(/[a-z0-9]+/g) ?? [];
    return words.join("-").slice(0, 56).replace(/-$/, "") || "board";
}
