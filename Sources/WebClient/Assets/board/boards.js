import { announce, find } from "../shared/dom.js";
import { BoardDialogs } from "./board-dialogs.js";
import { menu } from "./menu.js";

/** The boards that the user may open: the picker, and the menu of what can be done with them. */
export class Boards {
    #picker = find("#boards");
    #session;
    #workspace;
    #go;
    #notices;
    #dialogs;
    /** What the picker was last filled with. */
    #all = [];

    /** `workspace()` returns the current one; `go(id)` opens another board. */
    constructor({ session, workspace, go, notices }) {
        [this.#session, this.#workspace, this.#go, this.#notices] = [session, workspace, go, notices];
        this.#dialogs = new BoardDialogs(workspace, {
            made: (board) => go(board.id),
            removed: (board) => this.#removed(board),
        });
        this.#picker.addEventListener("change", () => go(this.#picker.value));
        // Others' boards come and go without a word on the stream of this one.
        for (const name of ["pointerenter", "focusin"]) find(".brand").addEventListener(name, () => this.refresh());
        document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
        const button = find("#board-menu");
        button.addEventListener("click", (event) => {
            event.preventDefault();
            const entries = this.#entries();
            if (entries.length > 0) menu.open(button, "This board and others", entries);
        });
    }

    /** Shows what there is now. */
    async refresh() {
        const workspace = this.#workspace();
        const boards = await workspace?.client.boards().catch(() => null) ?? null;
        if (boards === null || workspace !== this.#workspace()) return;
        this.#all = boards;
        this.#show();
    }

    /** The open board has another name. */
    renamed({ id, name }) {
        this.#all = this.#all.map((board) => board.id === id ? { ...board, name } : board);
        this.#show();
    }

    #show() {
        const wanted = this.#all.map(({ id, name }) => [name, id]);
        const shown = [...this.#picker.options].map(({ text, value }) => [text, value]);
        // An open list would be closed.
        if (JSON.stringify(shown) !== JSON.stringify(wanted)) {
            this.#picker.replaceChildren(...wanted.map((pair) => new Option(...pair)));
        }
        this.#picker.value = this.#workspace().board;
        this.#picker.hidden = this.#all.length < 2 || !this.#isHere;
        find("#name").classList.toggle("unseen", !this.#picker.hidden);
    }

    /** Whether the open board is one of those that there are. */
    get #isHere() {
        return this.#all.some(({ id }) => id === this.#workspace().board);
    }

    #entries() {
        const { mayAdminister } = this.#session;
        const others = mayAdminister ? ["Other boards", { text: "New board…", act: () => this.#dialogs.make() }] : [];
        return this.#isHere ? [...this.#entriesHere(), ...others] : others;
    }

    #entriesHere() {
        const { mayWrite, mayAdminister } = this.#session;
        const { board } = this.#workspace();
        const press = (selector) => () => find(selector).click();
        return [
            ...mayAdminister ? [
                { text: "Edit columns…", act: press("#columns") },
                { text: "Rename…", act: () => this.#dialogs.rename() },
            ] : [],
            ...mayWrite ? [{ text: "Import tasks…", act: press("#import") }] : [],
            { text: "Export as a table (CSV)", act: press("#exports [data-format=csv]") },
            { text: "Export all of it (JSON)", act: press("#exports [data-format=json]") },
            // The server keeps the board `main` for every tenant.
            ...mayAdminister && board !== "main"
                ? [{ text: "Delete…", danger: true, act: () => this.#dialogs.remove() }] : [],
        ];
    }

    #removed({ id, name }) {
        const text = `“${name}” is deleted.`;
        this.#notices.say(text);
        announce(text);
        const other = this.#all.find((board) => board.id !== id);
        this.#go(other?.id ?? "main");
    }
}
