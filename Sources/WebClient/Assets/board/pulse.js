/** After how much silence an act of the user's has the page ask whether it is still connected, in milliseconds. */
const quiet = 12_000;
/** How long the answer may take, how long the stream may be behind it, and how soon it is asked again. */
const patience = 2500;
const grace = 1500;
const again = 3000;

const numberOf = (cursor) => Number.parseInt(cursor ?? "0", 10);

/**
 * Whether the connection is as good as it says. A stream that was cut without a word looks like one on which nothing
 * happens; so when the user comes back to a quiet page, or the page has been told of a write that the stream does not
 * bring, the gateway is asked.
 */
export class Pulse {
    /** "well"; "unsure" until the gateway has answered after the device was offline; "silent" when the gateway gave no answer, "behind" when the stream lacks what it told. */
    state = "well";
    #client;
    #board;
    #changed;
    #reload;
    #heardAt = Date.now();
    #isAsking = false;
    #timer = null;
    #over;

    /** `changed()` is called with each new state; `reload(snapshot)` with what the board is when the stream is behind. */
    constructor(client, board, { changed, reload }, signal) {
        [this.#client, this.#board, this.#changed, this.#reload, this.#over] = [client, board, changed, reload, signal];
        client.on("*", () => this.#heard());
        client.on("state", () => this.#heard());
        for (const name of ["pointerdown", "keydown", "focus"]) {
            addEventListener(name, () => this.#act(), { signal, capture: true, passive: true });
        }
        addEventListener("online", () => {
            if (this.#isLive) this.#become("unsure");
            this.#ask();
        }, { signal });
        signal.addEventListener("abort", () => clearTimeout(this.#timer));
    }

    /** A write was answered: the stream brings the event of that number in a moment. */
    expect(seq) {
        if (!seq || numberOf(this.#client.cursor) >= seq) return;
        setTimeout(() => this.#compare(seq), patience);
    }

    get #isLive() {
        return this.#client.state === "live" && !this.#over.aborted;
    }

    #heard() {
        this.#heardAt = Date.now();
        this.#become("well");
    }

    #act() {
        if (Date.now() - this.#heardAt > quiet) this.#ask();
    }

    async #ask() {
        if (this.#isAsking || !this.#isLive) return;
        this.#isAsking = true;
        clearTimeout(this.#timer);
        try {
            const path = `/api/events?board=${encodeURIComponent(this.#board)}&limit=1`;
            const { body } = await this.#client.request("GET", path, { timeout: patience, attempts: 1 });
            const seq = body.events.at(-1)?.seq ?? 0;
            if (numberOf(this.#client.cursor) >= seq) this.#heard();
            else setTimeout(() => this.#compare(seq), grace);
        } catch (error) {
            if (error.status !== 0) return this.#heard();
            if (!this.#isLive) return;
            this.#become("silent");
            this.#timer = setTimeout(() => this.#ask(), again);
        } finally {
            this.#isAsking = false;
        }
    }

    /** The stream should have brought the event `seq` by now. If it has not, the board is read once, and asked for again. */
    async #compare(seq) {
        if (!this.#isLive) return;
        if (numberOf(this.#client.cursor) >= seq) return this.#heard();
        this.#become("behind");
        const snapshot = await this.#client.snapshot(this.#board).catch(() => null);
        if (!this.#isLive || this.state !== "behind") return;
        if (snapshot) this.#reload(snapshot);
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#ask(), again);
    }

    #become(state) {
        if (state === this.state) return;
        this.state = state;
        this.#changed();
    }
}
