import { find, make, setText } from "../shared/dom.js";
import { linesOf } from "./import-report.js";

/** Imports a file's tasks to the board, and shows the progress. */
export class Importer {
    #dialog = find("#importer");
    #form = find("form", this.#dialog);
    #file = find("input[type=file]", this.#dialog);
    #lists = find("input[name=lists]", this.#dialog);
    #encoding = find("select[name=encoding]", this.#dialog);
    #session;
    #mayAdminister;
    #job = null;
    /** Aborts the upload of a file, while there is one. */
    #sending = null;

    /** `session()` returns the current `{ client, board }`; `mayAdminister()` says whether columns may be added. */
    constructor(session, mayAdminister) {
        [this.#session, this.#mayAdminister] = [session, mayAdminister];
        find("#import").addEventListener("click", () => this.#open());
        this.#form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.#start();
        });
        find("[data-act=close]", this.#form).addEventListener("click", () => {
            if (this.#sending) this.#cancel();
            else this.#dialog.close();
        });
        this.#file.addEventListener("change", () => this.#prepare());
    }

    #open() {
        if (!this.#sending) {
            this.#file.value = this.#encoding.value = "";
            this.#prepare();
        }
        const mayAdd = this.#mayAdminister();
        find(".choice", this.#form).hidden = !mayAdd;
        if (!mayAdd) this.#lists.checked = false;
        this.#dialog.showModal();
    }

    #prepare() {
        find(".progress", this.#form).hidden = true;
        find(".errors", this.#form).replaceChildren();
        this.#show(0, "");
    }

    async #start() {
        const [file] = this.#file.files;
        if (!file || this.#sending) return;
        const { client, board } = this.#session();
        find(".progress", this.#form).hidden = false;
        this.#sending = new AbortController();
        this.#busy(true);
        this.#show(0, `Sending ${file.name}…`);
        try {
            // By the file's name, since browsers name the type of CSV after the programs that are installed; the server looks.
            const type = types[/[^.]*$/.exec(file.name)[0].toLowerCase()] ?? "application/octet-stream";
            const charset = this.#encoding.value && `; charset=${this.#encoding.value}`;
            const path = `/api/import?board=${encodeURIComponent(board)}${this.#lists.checked ? "&lists=create" : ""}`;
            const { signal } = this.#sending;
            const options = { body: new Blob([file], { type: type + charset }), timeout: 120_000, signal };
            const { body } = await client.request("POST", path, options);
            this.#job = client.job(body.job.id);
            this.#job.on("progress", ({ progress, message }) => this.#show(progress, message ?? `${progress} %`));
            const { result } = await this.#job.finished;
            this.#show(100, `${result.created} of ${result.rows} rows are tasks now.`);
            this.#list(linesOf(result));
            this.#file.value = "";
        } catch (error) {
            this.#show(null, error.name === "AbortError" ? "The import was cancelled." : error.detail ?? String(error));
            this.#list(linesOf(error.problem?.details ?? {}));
        } finally {
            [this.#job, this.#sending] = [null, null];
            this.#busy(false);
        }
    }

    #list(lines) {
        const sentence = (line) => line[0].toUpperCase() + line.slice(1);
        find(".errors", this.#form).replaceChildren(...lines.map((line) => make("li", { text: sentence(line) })));
    }

    #cancel() {
        if (!this.#job) return this.#sending.abort();
        this.#job.cancel().catch((error) => this.#show(null, error.detail));
    }

    #busy(is) {
        find(".primary", this.#form).disabled = is;
        this.#file.disabled = this.#lists.disabled = this.#encoding.disabled = is;
        setText(find("[data-act=close]", this.#form), is ? "Cancel the import" : "Close");
    }

    #show(progress, message) {
        if (progress !== null) find("progress", this.#form).value = progress;
        setText(find(".progress p", this.#form), message);
    }
}

const types = { csv: "text/csv", json: "application/json" };
