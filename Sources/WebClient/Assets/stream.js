import { Refusal } from "./api.js";

/** Splits bytes, as they come, into events (HTML §9.2.6): any line end, comments, data of several lines. */
export class EventParser {
    /** Milliseconds of the last `retry:` line. */
    retry = null;
    #decoder = new TextDecoder();
    #line = "";
    #afterReturn = false;
    #data = [];
    #id = null;

    *feed(bytes) {
        const text = this.#decoder.decode(bytes, { stream: true });
        if (text === "") return;
        const rest = this.#afterReturn && text[0] === "\n" ? text.slice(1) : text;
        this.#afterReturn = text.endsWith("\r");
        // A long line is joined once, at its end.
        if (!/[\r\n]/.test(rest)) return void (this.#line += rest);
        const lines = (this.#line + rest).split(/\r\n|\r|\n/);
        this.#line = lines.pop();
        for (const line of lines) {
            if (line !== "") {
                this.#field(line);
            } else {
                if (this.#data.length > 0) yield { id: this.#id, data: this.#data.join("\n") };
                [this.#data, this.#id] = [[], null];
            }
        }
    }

    #field(line) {
        const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
        if (name === "data") this.#data.push(value);
        if (name === "id" && !value.includes("\0")) this.#id = value;
        if (name === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
    }
}

/**
 * A board, live: its state first, then every event once and in order, over any number of connections.
 *
 * The reader is `{ state(board, tasks), event(event), connection(state, refusal) }`, where the connection is
 * "live", "waiting", or "refused", after which the stream is over.
 */
export class BoardStream {
    #api;
    #board;
    #reader;
    /** Where the reader's state stands; null while it has none to build upon. */
    #cursor = null;
    #seq = 0;
    #attempts = 0;
    /** How long the server asked us to stay away, in milliseconds. */
    #told = null;
    #heartbeatSeconds = 20;
    #watchdog;
    #request;
    #parser;
    #stopped = false;

    constructor(api, board, reader) {
        [this.#api, this.#board, this.#reader] = [api, board, reader];
    }

    stop() {
        this.#stopped = true;
        this.#request?.abort();
    }

    async run() {
        while (!this.#stopped) {
            try {
                await this.#follow();
            } catch (error) {
                if (this.#stopped) return;
                if ([400, 401, 403, 404].includes(error.status)) return this.#reader.connection("refused", error);
                this.#told = error.retryAfter ?? this.#told;
                console.info("Boardcast: no stream:", error.message);
            } finally {
                clearTimeout(this.#watchdog);
                this.#request.abort();
            }
            if (this.#stopped) return;
            this.#reader.connection("waiting");
            await this.#pause();
        }
    }

    /** One connection, from its request to its end. */
    async #follow() {
        [this.#request, this.#parser] = [new AbortController(), new EventParser()];
        this.#expectBytes();
        const [state, headers] = this.#cursor === null ? ["&snapshot=1", {}] : ["", { "Last-Event-ID": this.#cursor }];
        const path = `sse/connect?board=${encodeURIComponent(this.#board)}${state}`;
        const response = await this.#api.fetch(path, { headers, signal: this.#request.signal });
        const [bytes, began] = [response.body.getReader(), performance.now()];
        for (;;) {
            const { done, value } = await bytes.read();
            if (done) return;
            this.#expectBytes();
            for (const { id, data } of this.#parser.feed(value)) {
                await this.#take(JSON.parse(data), id);
                if (this.#stopped) return;
            }
            if (performance.now() - began > 5000) this.#attempts = 0;
        }
    }

    async #take(event, id) {
        switch (event.type) {
        case "connection.established":
            this.#heartbeatSeconds = event.heartbeatSeconds;
            if (event.recovered && this.#cursor !== null) this.#reader.connection("live");
            break;
        case "init":
            this.#begin(event.boards.find((board) => board.id === this.#board), event);
            break;
        case "stream.resync":
            await this.#resync();
            break;
        case "stream.closing":
            if (event.reconnect === false) {
                throw new Refusal(401, `The server closed the stream: ${event.reason.replaceAll("_", " ")}.`);
            }
            // The server ends the response by itself.
            this.#told = event.reconnectAfterMilliseconds ?? null;
            break;
        default:
            if (this.#cursor === null || !(event.seq > this.#seq)) break;
            // Should the reader fail to take it, there is no state to go on from.
            this.#cursor = null;
            if (event.boardId === this.#board) this.#reader.event(event);
            [this.#seq, this.#cursor] = [event.seq, id];
        }
    }

    /** Loads the state anew. What comes on the stream meanwhile waits, unread. */
    async #resync() {
        this.#cursor = null;
        this.#reader.connection("waiting");
        clearTimeout(this.#watchdog);
        const signal = AbortSignal.any([this.#request.signal, AbortSignal.timeout(15_000)]);
        const response = await this.#api.fetch(`api/boards/${encodeURIComponent(this.#board)}/snapshot`, { signal });
        const snapshot = await response.json();
        this.#begin(snapshot.board, snapshot);
        this.#expectBytes();
    }

    #begin(board, { tasks, cursor }) {
        this.#reader.state(board, tasks);
        [this.#seq, this.#cursor] = [0, cursor];
        this.#reader.connection("live");
    }

    /** Silence of two and a half heartbeats means that nobody is there. */
    #expectBytes() {
        clearTimeout(this.#watchdog);
        const request = this.#request;
        this.#watchdog = setTimeout(() => request.abort(), 2500 * this.#heartbeatSeconds);
    }

    /** As long as the server asked for, else full jitter: readers cut together shall not come back together. */
    async #pause() {
        const longest = Math.min(20_000, 1000 * 2 ** this.#attempts);
        const wait = this.#told ?? this.#parser.retry ?? 500 + Math.random() * (longest - 500);
        this.#attempts += 1;
        this.#told = null;
        await new Promise((resolve) => setTimeout(resolve, wait));
    }
}
