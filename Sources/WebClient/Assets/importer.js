import { find, make, setText } from "./dom.js";

/** As many errors of rows as are listed. */
const most = 20;

/** Brings a file's tasks onto the board, and shows how far that is. */
export class Importer {
    #dialog = find("#importer");
    #form = find("form", this.#dialog);
    #file = find("input[type=file]", this.#dialog);
    #session;
    #job = null;

    /** `session()`: `{ client, board }` as they are now. */
    constructor(session) {
        this.#session = session;
        find("#import").addEventListener("click", () => this.#open());
        this.#form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.#start();
        });
        find("[data-act=close]", this.#form).addEventListener("click", () => this.#job ? this.#cancel() : this.#dialog.close());
        this.#file.addEventListener("change", () => this.#prepare());
    }

    #open() {
        if (!this.#job) {
            this.#file.value = "";
            this.#prepare();
        }
        this.#dialog.showModal();
    }

    #prepare() {
        find(".progress", this.#form).hidden = true;
        find(".errors", this.#form).replaceChildren();
        this.#show(0, "");
    }

    async #start() {
        const [file] = this.#file.files;
        if (!file || this.#job) return;
        const { client, board } = this.#session();
        find(".progress", this.#form).hidden = false;
        this.#busy(true);
        this.#show(0, `Sending ${file.name}…`);
        try {
            const type = file.type || (/\.csv$/i.test(file.name) ? "text/csv" : "application/json");
            const path = `/api/import?board=${encodeURIComponent(board)}`;
            const { body } = await client.request("POST", path, { body: new Blob([file], { type }), timeout: 120_000 });
            this.#job = client.job(body.job.id);
            this.#job.on("progress", ({ progress, message }) => this.#show(progress, message ?? `${progress} %`));
            this.#done(await this.#job.finished);
        } catch (error) {
            this.#show(null, error.detail ?? "The import failed.");
            this.#list(error.problem?.details?.errors ?? error.problem?.errors);
        } finally {
            this.#job = null;
            this.#busy(false);
        }
    }

    #done({ result }) {
        const created = result?.created ?? result?.imported ?? 0;
        const failed = result?.failed ?? result?.errors?.length ?? 0;
        this.#show(100, `${created} tasks imported${failed ? `, ${failed} rows left out:` : "."}`);
        this.#list(result?.errors);
        this.#file.value = "";
    }

    #list(errors) {
        const lines = (Array.isArray(errors) ? errors : []).map((error) =>
            make("li", { text: error.row === undefined ? `${error.pointer ?? ""} ${error.detail ?? ""}` : `Row ${error.row}: ${error.detail}` }));
        const rest = lines.length > most ? [make("li", { text: `and ${lines.length - most} more` })] : [];
        find(".errors", this.#form).replaceChildren(...lines.slice(0, most), ...rest);
    }

    #cancel() {
        this.#job.cancel().catch((error) => this.#show(null, error.detail));
    }

    #busy(is) {
        find(".primary", this.#form).disabled = is;
        this.#file.disabled = is;
        setText(find("[data-act=close]", this.#form), is ? "Cancel the import" : "Close");
    }

    #show(progress, message) {
        if (progress !== null) find("progress", this.#form).value = progress;
        setText(find(".progress p", this.#form), message);
    }
}
