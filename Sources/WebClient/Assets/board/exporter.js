import { anchored, find, make } from "../shared/dom.js";

const types = { csv: "text/csv", json: "application/json" };

/** Saves the board as a file. */
export class Exporter {
    #panel = find("#exports");
    #workspace;
    #token;
    #say;

    /** `workspace()` returns the current `{ board }`; `say(text)` tells the user what went wrong. */
    constructor(workspace, token, say) {
        [this.#workspace, this.#token, this.#say] = [workspace, token, say];
        anchored(find("#export"), this.#panel);
        this.#panel.addEventListener("click", ({ target }) => {
            if (!target.dataset.format) return;
            this.#panel.hidePopover();
            this.#save(target.dataset.format);
        });
    }

    async #save(format) {
        const { board } = this.#workspace();
        try {
            // Not by a link, which could not bring the token.
            const answer = await fetch(`api/boards/${encodeURIComponent(board)}/export?format=${format}`, {
                headers: { Authorization: `Bearer ${this.#token()}` }, cache: "no-store", credentials: "omit",
            });
            if (!answer.ok) throw new Error((await answer.json().catch(() => null))?.detail ?? `The server answered ${answer.status}.`);
            const url = URL.createObjectURL(new Blob([await answer.blob()], { type: types[format] }));
            make("a", { href: url, download: `${board}.${format}` }).click();
            setTimeout(() => URL.revokeObjectURL(url), 60_000);
        } catch (error) {
            this.#say(`The board was not exported. ${error.message}`);
        }
    }
}
