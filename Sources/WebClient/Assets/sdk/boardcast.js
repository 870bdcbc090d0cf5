// WHAT IS AROUND

const surroundings = {
    fetch: (...call) => fetch(...call),
    now: () => Date.now(),
    random: () => Math.random(),
    setTimeout: (action, milliseconds) => setTimeout(action, milliseconds),
    clearTimeout: (timer) => clearTimeout(timer),
    isOnline: () => globalThis.navigator?.onLine !== false,
    warn: (text) => console.warn(text),
    locks: globalThis.navigator?.locks,
    BroadcastChannel: globalThis.BroadcastChannel,
    onWake(wake, freeze) {
        const page = globalThis.document;
        const visible = () => page.visibilityState === "visible" && wake();
        const places = [
            [globalThis, "online", wake], [globalThis, "pageshow", wake], [page, "visibilitychange", visible],
            [page, "resume", wake], [page, "freeze", freeze], [globalThis, "pagehide", freeze],
        ];
        for (const [place, name, listener] of places) place?.addEventListener?.(name, listener);
        return () => places.forEach(([place, name, listener]) => place?.removeEventListener?.(name, listener));
    },
    sleep(milliseconds) {
        return new Promise((resolve) => this.setTimeout(resolve, milliseconds));
    },
};

/** Full jitter: clients cut together shall not come back together. */
class Backoff {
    #attempts = 0;
    #environment;
    #kick = null;

    constructor(environment) {
        this.#environment = environment;
    }

    next(least = 0) {
        const longest = Math.min(20_000, 1000 * 2 ** this.#attempts++);
        return Math.max(least, 500 + this.#environment.random() * (longest - 500));
    }

    reset() {
        this.#attempts = 0;
    }

    async wait(milliseconds) {
        const kicked = new Promise((resolve) => { this.#kick = resolve; });
        await Promise.race([kicked, this.#environment.sleep(milliseconds)]);
    }

    kick() {
        this.#kick?.();
    }
}

/** Not `randomUUID`, which a page on plain HTTP from another host does not have. */
function newKey() {
    return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

function query({ boards, types, ...others }) {
    const pairs = [
        ...(boards ?? []).map((board) => ["board", board]),
        ...(types ? [["types", types.join(",")]] : []),
        ...Object.entries(others).filter(([, value]) => value !== null),
    ];
    return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : "";
}

class Emitter {
    #listeners = new Map();

    on(name, listener) {
        const listeners = this.#listeners.get(name) ?? new Set();
        this.#listeners.set(name, listeners.add(listener));
        return () => listeners.delete(listener);
    }

    isHeard(name) {
        return this.#listeners.get(name)?.size > 0;
    }

    emit(name, value) {
        for (const listener of [...(this.#listeners.get(name) ?? [])]) {
            try {
                listener(value);
            } catch (error) {
                // An uncaught error, which stops no other listener.
                queueMicrotask(() => { throw error; });
            }
        }
    }

    dispatch(event) {
        this.emit(event.type, event);
        for (let dot = event.type.lastIndexOf("."); dot > 0; dot = event.type.lastIndexOf(".", dot - 1)) {
            this.emit(`${event.type.slice(0, dot)}.*`, event);
        }
        this.emit("*", event);
    }
}

// EVENT STREAMS

/** Splits bytes, as they come, into events (HTML §9.2.6). */
class EventParser {
    retry = null;
    #decoder = new TextDecoder();
    #line = "";
    #afterReturn = false;
    #id = "";
    #type = "";
    #data = [];

    *feed(bytes) {
        let text = this.#decoder.decode(bytes, { stream: true });
        if (text === "") return;
        // The carriage return at the end of the last chunk has ended its line already.
        if (this.#afterReturn && text[0] === "\n") text = text.slice(1);
        this.#afterReturn = text.endsWith("\r");
        const lines = text.split(/\r\n|\r|\n/);
        lines[0] = this.#line + lines[0];
        this.#line = lines.pop();
        for (const line of lines) {
            if (line !== "") {
                this.#field(line);
                continue;
            }
            const [type, data] = [this.#type || "message", this.#data];
            [this.#type, this.#data] = ["", []];
            if (data.length > 0) yield { type, data: data.join("\n"), lastEventId: this.#id };
        }
    }

    #field(line) {
        const colon = line.indexOf(":");
        const name = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
        if (name === "data") this.#data.push(value);
        if (name === "event") this.#type = value;
        if (name === "id" && !value.includes("\0")) this.#id = value;
        if (name === "retry" && /^[0-9]+$/.test(value)) this.retry = Number(value);
    }
}

// CALLS

class BoardcastError extends Error {
    constructor(status, code, detail, { problem = null, retryAfter = null, cause } = {}) {
        super(detail, { cause });
        Object.assign(this, { status, code, detail, problem, retryAfter });
    }

    get name() {
        return "BoardcastError";
    }

    get isFinal() {
        return [400, 401, 403, 404].includes(this.status);
    }

    static async from(response) {
        const problem = await response.json().catch(() => null);
        const fields = (problem?.errors ?? []).map(({ pointer, detail }) => `${pointer.replace(/^\//, "")}: ${detail}`);
        const detail = [problem?.detail ?? `The server answered ${response.status}.`, ...fields].join(" ");
        const named = response.headers.get("Retry-After");
        const retryAfter = /^\d+$/.test(named ?? "") ? named * 1000 : null;
        return new BoardcastError(response.status, problem?.code ?? "refused", detail, { problem, retryAfter });
    }
}

function failure(cause, signal) {
    if (signal?.aborted) return signal.reason;
    if (cause instanceof BoardcastError) return cause;
    return new BoardcastError(0, "network", "The server gave no answer.", { cause });
}

/** Unverified; letters beyond ASCII may be wrong. */
function claims(token) {
    try {
        return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
    } catch {
        return null;
    }
}

/** Asks once for all calls that wait, and again 30 s before the end or after a refusal. */
class Tokens {
    current = null;
    #source;
    #environment;
    #staleAt = 0;
    #pending = null;

    constructor(source, environment) {
        [this.#source, this.#environment] = [source, environment];
    }

    async get() {
        return this.current !== null && this.#environment.now() < this.#staleAt ? this.current : this.renew();
    }

    renew() {
        this.#pending ??= this.#ask().finally(() => { this.#pending = null; });
        return this.#pending;
    }

    refuse(token) {
        if (this.current === token) this.current = null;
    }

    async #ask() {
        let token;
        try {
            token = typeof this.#source === "function" ? await this.#source() : this.#source;
        } catch (cause) {
            // The old one may still be valid.
            if (this.current !== null) return this.current;
            throw new BoardcastError(0, "token_unavailable", "There is no token for now.", { cause });
        }
        if (!token) throw new BoardcastError(401, "no_token", "There is no token.");
        const { exp = Infinity } = claims(token) ?? {};
        // Not for each call when the clock is wrong.
        this.#staleAt = Math.max(exp * 1000 - 30_000, this.#environment.now() + 10_000);
        this.current = token;
        return token;
    }
}

class Calls {
    tokens;
    base;
    #environment;

    constructor(url, token, environment) {
        this.base = String(url).replace(/\/+$/, "");
        this.tokens = new Tokens(token, environment);
        this.#environment = environment;
    }

    async open(path, options) {
        const token = await this.tokens.get();
        let response = await this.#fetch(path, options, token);
        if (response.status === 401) {
            this.tokens.refuse(token);
            const fresh = await this.tokens.get();
            // The gateway may be fetching its key.
            if (fresh === token) await this.#environment.sleep(1000);
            response = await this.#fetch(path, options, fresh);
        }
        if (response.ok) return response;
        throw await BoardcastError.from(response);
    }

    #fetch(path, { headers, ...options }, token) {
        return this.#environment.fetch(this.base + path, {
            cache: "no-store", credentials: "omit", redirect: "error", ...options,
            headers: { Authorization: `Bearer ${token}`, ...headers },
        });
    }

    async request(method, path, { body, ifMatch, idempotencyKey, headers, attempts = 3, ...options } = {}) {
        // Otherwise it could turn the base into another host, which would get the token.
        if (path[0] !== "/") throw new TypeError(`A path begins with a slash: ${path}`);
        const call = { method, headers: { ...headers } };
        if (body !== undefined) {
            const isFile = body instanceof Blob;
            call.headers["Content-Type"] ??= (isFile && body.type) || "application/json";
            call.body = isFile ? body : JSON.stringify(body);
        }
        if (ifMatch !== undefined) call.headers["If-Match"] = typeof ifMatch === "number" ? `"${ifMatch}"` : ifMatch;
        if (["POST", "PATCH", "DELETE"].includes(method)) call.headers["Idempotency-Key"] = idempotencyKey ?? newKey();
        const backoff = new Backoff(this.#environment);
        for (let attempt = 1; ; attempt += 1) {
            try {
                return await this.#once(path, call, options);
            } catch (error) {
                if (error.status !== 0 || attempt === attempts) throw error;
                await this.#environment.sleep(backoff.next());
            }
        }
    }

    async #once(path, call, { signal, timeout = 15_000 }) {
        const deadline = new AbortController();
        const late = new BoardcastError(0, "timeout", "The server gave no answer in time.");
        const timer = this.#environment.setTimeout(() => deadline.abort(late), timeout);
        const either = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
        try {
            const response = await this.open(path, { ...call, signal: either });
            const text = await response.text();
            return { status: response.status, body: text === "" ? null : JSON.parse(text), headers: response.headers };
        } catch (error) {
            throw failure(error, either);
        } finally {
            this.#environment.clearTimeout(timer);
        }
    }
}

/** Yields the events of each chunk. Throws `buffered` when an answer is empty, as where a proxy holds it back. */
async function* readEvents(calls, environment, path, { headers, abort, parser, silence }) {
    let timer;
    const expect = (milliseconds, code) => {
        environment.clearTimeout(timer);
        const error = new BoardcastError(0, code, "The stream says nothing.");
        timer = environment.setTimeout(() => abort.abort(error), milliseconds);
    };
    try {
        // Signing in for a token may take long.
        await calls.tokens.get();
        abort.signal.throwIfAborted();
        expect(10_000, "timeout");
        const response = await calls.open(path, { headers, signal: abort.signal });
        if (!/^text\/event-stream\b/i.test(response.headers.get("Content-Type") ?? "")) {
            throw new BoardcastError(0, "no_stream", "The answer is no event stream.");
        }
        const reader = response.body.getReader();
        expect(5000, "buffered");
        for (;;) {
            const { done, value } = await reader.read();
            if (done) return;
            expect(silence(), "silence");
            yield [...parser.feed(value)];
        }
    } catch (error) {
        throw failure(error, abort.signal);
    } finally {
        environment.clearTimeout(timer);
        abort.abort();
    }
}

// THE LOG, OVER ANY NUMBER OF CONNECTIONS

const idle = { state: "idle", reason: null, retryAt: null, transport: null, error: null };
const failuresAllowed = 3;
const streamAgainAfter = 120_000;
/** Only these reasons show that streams do not get through. */
const blocked = ["timeout", "buffered"];
const faultOfToken = ["token_expired", "revoked", "access_lost"];

/**
 * The log from a cursor on, by streams, or by polls where no stream gets through. Delivers batches `{ from, to, events,
 * selection }`: the log's events between two cursors; with `resync`, the place from which it continues.
 */
class Connection {
    #calls;
    #environment;
    #selection;
    #cursor;
    #told;
    #backoff;
    #state = "idle";
    #stopped = false;
    #abort = null;
    #reopens = false;
    #isOpening = false;
    #failedOpens = 0;
    #pollUntil = 0;
    #mayBeWoken = true;
    #leastWait = 0;
    #connectionId = null;
    #userId = null;
    #heartbeat = 20_000;
    #liveSince = 0;
    #heardAt = 0;
    #token = null;
    #renewal;
    #renewAt = Infinity;

    constructor({ calls, environment, selection, cursor, told }) {
        [this.#calls, this.#environment, this.#selection] = [calls, environment, selection];
        [this.#cursor, this.#told, this.#backoff] = [cursor, told, new Backoff(environment)];
    }

    get cursor() {
        return this.#cursor;
    }

    async start() {
        this.#tell("connecting");
        while (!this.#stopped) {
            try {
                await this.#attempt();
            } catch (error) {
                if (this.#stopped) return;
                if (!this.#reopens) await this.#recover(error);
            }
            this.#reopens = false;
        }
    }

    stop() {
        this.#stopped = true;
        this.#close();
        this.#backoff.kick();
    }

    retry() {
        this.#pollUntil = 0;
        this.#backoff.kick();
    }

    reopen() {
        this.#reopens = true;
        this.#abort?.abort();
    }

    wake() {
        if (this.#mayBeWoken) this.#backoff.kick();
        if (this.#state !== "live") return;
        const now = this.#environment.now();
        if (now - this.#heardAt > 1.25 * this.#heartbeat) this.#abort.abort(new BoardcastError(0, "silence", "Slept."));
        else if (now >= this.#renewAt) this.#renew();
    }

    async #attempt() {
        if (this.#failedOpens < failuresAllowed) return this.#stream();
        await this.#poll(0);
        // Calls get through. If the gateway was away and is back, so will one more stream.
        if (this.#failedOpens === failuresAllowed) return this.#stream();
        this.#tell("polling", { transport: "poll" });
        this.#pollUntil = this.#environment.now() + streamAgainAfter;
        let wait = 25;
        while (!this.#stopped && this.#environment.now() < this.#pollUntil) {
            try {
                await this.#poll(wait);
            } catch (error) {
                if (error.code !== "limit_reached") throw error;
                wait = 0;
            }
            if (wait === 0) await this.#environment.sleep(5000);
        }
        this.#failedOpens = failuresAllowed;
    }

    async #stream() {
        const [abort, parser, selection] = [new AbortController(), new EventParser(), this.#selection()];
        [this.#abort, this.#isOpening] = [abort, true];
        if (this.#state !== "live" && this.#state !== "polling") this.#tell("connecting");
        const headers = this.#cursor === null ? {} : { "Last-Event-ID": this.#cursor };
        const options = { headers, abort, parser, silence: () => 2.5 * this.#heartbeat };
        let closing = null;
        try {
            const path = `/sse/connect${query(selection)}`;
            for await (const messages of readEvents(this.#calls, this.#environment, path, options)) {
                this.#heardAt = this.#environment.now();
                closing = this.#take(messages, selection) ?? closing;
                if (this.#stopped) return;
            }
        } finally {
            this.#leastWait = parser.retry ?? 0;
            this.#close();
        }
        if (!closing) throw new BoardcastError(0, "ended", "The stream ended.");
        const { reason, reconnect, reconnectAfterMilliseconds: retryAfter } = closing;
        const error = new BoardcastError(0, reason, `The server closed the stream: ${reason}.`, { retryAfter });
        if (reconnect !== false) throw error;
        if (!faultOfToken.includes(reason)) return this.#end("closed", error);
        this.#calls.tokens.refuse(this.#token);
        throw error;
    }

    #take(messages, selection) {
        let batch = { from: this.#cursor, to: this.#cursor, events: [], selection };
        let closing;
        for (const { data, lastEventId } of messages) {
            const event = JSON.parse(data);
            switch (event.type) {
            case "connection.established":
                // With a cursor that is not honoured `stream.resync` comes next.
                if (this.#cursor === null) batch.from = batch.to = event.cursor;
                this.#establish(event);
                break;
            case "stream.resync":
                if (batch.events.length > 0) this.#deliver(batch);
                this.#deliver({ resync: event.reason, from: event.cursor, to: event.cursor, events: [], selection });
                batch = { from: event.cursor, to: event.cursor, events: [], selection };
                break;
            case "token.expiring":
                // Sent a minute before, by the server's clock.
                this.#renewIn((Date.parse(event.expiresAt) - Date.parse(event.timestamp)) / 2);
                break;
            case "stream.closing":
                closing = event;
                break;
            default:
                batch.events.push(event);
                if (event.seq !== undefined) batch.to = lastEventId;
            }
        }
        if (batch.from !== null) this.#deliver(batch);
        return closing;
    }

    /** Delivers a batch, then moves the cursor: a batch that fails is read again. */
    #deliver(batch) {
        this.#cursor = batch.to;
        this.#told.batch(batch);
    }

    #establish({ connectionId, userId, heartbeatSeconds }) {
        [this.#connectionId, this.#userId, this.#heartbeat] = [connectionId, userId, heartbeatSeconds * 1000];
        [this.#isOpening, this.#failedOpens, this.#liveSince] = [false, 0, this.#environment.now()];
        this.#token = this.#calls.tokens.current;
        this.#tell("live", { transport: "stream" });
    }

    #close() {
        this.#abort?.abort();
        this.#environment.clearTimeout(this.#renewal);
        [this.#connectionId, this.#renewAt] = [null, Infinity];
    }

    #renewIn(milliseconds) {
        this.#environment.clearTimeout(this.#renewal);
        this.#renewAt = this.#environment.now() + milliseconds;
        this.#renewal = this.#environment.setTimeout(() => this.#renew(), milliseconds);
    }

    async #renew() {
        const id = this.#connectionId;
        this.#renewAt = Infinity;
        try {
            const fresh = await this.#calls.tokens.renew();
            if (id !== this.#connectionId) return;
            // There may be another later.
            if (fresh === this.#token) return this.#renewIn(10_000);
            await this.#calls.request("POST", `/sse/connections/${id}/token`);
            this.#token = fresh;
        } catch {
            // The stream ends with its token then, and the next has another.
        }
    }

    async #poll(wait) {
        const [abort, selection, since] = [new AbortController(), this.#selection(), this.#cursor];
        [this.#abort, this.#isOpening] = [abort, false];
        const { body } = await this.#calls.request(
            "GET", `/api/events${query({ ...selection, since, limit: 500, wait })}`,
            { signal: abort.signal, timeout: 15_000 + wait * 1000, attempts: 1 });
        if (this.#stopped) return;
        this.#backoff.reset();
        const to = body.cursor;
        if (since === null) this.#deliver({ from: to, to, events: [], selection });
        else if (body.recovered) this.#deliver({ from: since, to, events: body.events, selection });
        else this.#deliver({ resync: body.reason, from: to, to, events: [], selection });
    }

    async #recover(error) {
        if (!(error instanceof BoardcastError)) error = new BoardcastError(0, "error", error.message, { cause: error });
        if (error.isFinal) return this.#end(error.status === 401 ? "unauthorized" : "closed", error);
        if (this.#countFailure(error)) return;
        const { status, retryAfter } = error;
        // `stream.closing` has a delay for each connection, a header has the same for all.
        const wait = retryAfter === null ? this.#backoff.next(this.#leastWait)
            : status === 0 ? retryAfter : retryAfter * (1 + 0.2 * this.#environment.random());
        this.#mayBeWoken = retryAfter === null;
        const reason = error.code === "network" && !this.#environment.isOnline() ? "offline" : error.code;
        this.#tell("waiting", { reason, error, retryAt: Math.round(this.#environment.now() + wait) });
        await this.#backoff.wait(wait);
    }

    #countFailure({ status, code, retryAfter }) {
        if (!this.#isOpening) {
            if (this.#environment.now() - this.#liveSince >= 30_000) this.#backoff.reset();
            this.#failedOpens = Math.min(this.#failedOpens, failuresAllowed - 1);
            return false;
        }
        if (blocked.includes(code) || status === 505) this.#failedOpens = failuresAllowed + 1;
        else if (retryAfter === null) this.#failedOpens += 1;
        return this.#state === "polling" && this.#failedOpens > failuresAllowed;
    }

    #end(state, error) {
        this.#tell(state, { reason: error.code, error });
        this.stop();
    }

    #tell(state, details) {
        if (this.#stopped) return;
        this.#state = state;
        this.#told.change({ ...idle, state, connectionId: this.#connectionId, userId: this.#userId, ...details });
    }
}

// STATE AND EVENTS, ONCE AND IN ORDER

const seqOf = (cursor) => Number.parseInt(cursor, 10);
const epochOf = (cursor) => cursor.slice(cursor.indexOf("-") + 1);
/** The most batches kept for a busy reader: the rest is read from the log. */
const longestQueue = 1000;

function shows({ boards, types }, { type, boardId, userId }) {
    const isType = (pattern) => pattern === type || pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1));
    if (types && !types.some(isType)) return false;
    return !boards || (boardId === undefined ? userId === undefined : boards.includes(boardId));
}

/** Emits the state, then every event once and in order. Events missing before a batch are read from the log. */
class Reader {
    cursor;
    #calls;
    #environment;
    #selection;
    #wantsSnapshot;
    #told;
    #backoff;
    #queue = [];
    #needsState;
    #isBusy = false;
    #stopped = false;
    /** Boards whose state was read later already include some coming events. */
    #floors = new Map();

    constructor({ calls, environment, selection, snapshot, since, told }) {
        [this.#calls, this.#environment, this.#selection, this.#told] = [calls, environment, selection, told];
        [this.#wantsSnapshot, this.#needsState, this.cursor] = [snapshot, snapshot, since];
        this.#backoff = new Backoff(environment);
    }

    get isReady() {
        return !this.#needsState;
    }

    stop() {
        this.#stopped = true;
        this.retry();
    }

    retry() {
        this.#backoff.kick();
    }

    take(batch) {
        if (this.#queue.push(batch) > longestQueue) this.#queue = [];
        this.start();
    }

    async start() {
        if (this.#isBusy) return;
        this.#isBusy = true;
        while (!this.#stopped && (this.#needsState || this.#queue.length > 0)) {
            try {
                if (this.#needsState) await this.#load();
                else if (!this.#apply(this.#queue[0])) await this.#catchUp(this.#queue[0]);
                else this.#queue.shift();
                this.#backoff.reset();
            } catch (error) {
                if (this.#stopped) break;
                if (error.isFinal) {
                    this.#isBusy = false;
                    return this.#told.failed(error);
                }
                await this.#backoff.wait(error.retryAfter ?? this.#backoff.next());
            }
        }
        this.#isBusy = false;
    }

    /** Another epoch is a later run of the same log or another life of it: the log knows. */
    #lacks({ from, isKnown }) {
        return seqOf(this.cursor) < seqOf(from) || !isKnown && epochOf(this.cursor) !== epochOf(from);
    }

    #apply(batch) {
        const { from, to, events, resync } = batch;
        if (resync) {
            batch.resync = undefined;
            this.#resync(resync, from);
            return false;
        }
        this.cursor ??= from;
        if (this.#lacks(batch)) return false;
        this.#pass(events, to);
        this.#advance(to);
        return true;
    }

    /** An earlier number is valid with a later epoch of the same log, and so with that of `end`. */
    #pass(events, end) {
        for (const event of events) {
            if (this.#stopped) return;
            if (!shows(this.#selection, event)) continue;
            if (event.seq !== undefined) {
                if (event.seq <= Math.max(seqOf(this.cursor), this.#floors.get(event.boardId) ?? 0)) continue;
                this.cursor = `${event.seq}-${epochOf(end)}`;
            }
            this.#told.event(event);
        }
    }

    #advance(cursor) {
        if (seqOf(cursor) >= seqOf(this.cursor)) this.cursor = cursor;
    }

    #resync(reason, cursor) {
        this.#told.resync({ reason, cursor });
        [this.cursor, this.#needsState] = [cursor, this.#wantsSnapshot];
        this.#told.ready(reason);
    }

    async #catchUp(batch) {
        while (!this.#needsState && !this.#stopped && this.#lacks(batch)) {
            const path = `/api/events${query({ ...this.#selection, since: this.cursor, limit: 1000 })}`;
            const { body } = await this.#calls.request("GET", path);
            batch.isKnown = true;
            if (!body.recovered) return this.#resync(body.reason, body.cursor);
            this.#pass(body.events, body.cursor);
            this.#advance(body.cursor);
        }
    }

    async #load() {
        const named = this.#selection.boards;
        const boards = named ?? (await this.#calls.request("GET", "/api/boards")).body.items.map(({ id }) => id);
        const loads = boards.map((id) => this.#calls.request("GET", `/api/boards/${encodeURIComponent(id)}/snapshot`)
            .then(({ body }) => [body], (error) => {
                // A board that was deleted after the list was read.
                if (!named && error.status === 404) return [];
                throw error;
            }));
        const found = (await Promise.all(loads)).flat();
        const [first] = found.map(({ cursor }) => cursor).sort((one, other) => seqOf(one) - seqOf(other));
        if (this.#stopped) return;
        this.#floors = new Map(found.map(({ board, cursor }) => [board.id, seqOf(cursor)]));
        [this.cursor, this.#needsState] = [first ?? null, false];
        this.#told.snapshot({
            boards: found.map(({ board }) => board), tasks: found.flatMap(({ tasks }) => tasks), cursor: this.cursor,
        });
        this.#told.ready(null);
    }
}

// ONE CONNECTION FOR ALL TABS

/** Milliseconds of silence until the leader is asked, and then until it is replaced. */
const quiet = 10_000;
const patience = 5000;

/** The tab that holds the lock leads. A closed tab passes it to the next in line, a frozen one has it taken away. */
class Election {
    isLeader = false;
    #name;
    #environment;
    #told;
    #queued = null;
    #release = null;
    #stopped = false;
    #timer;

    constructor(name, environment, told) {
        [this.#name, this.#environment, this.#told] = [name, environment, told];
    }

    start() {
        if (this.#queued || this.isLeader) return;
        this.#queued = new AbortController();
        this.#request({ signal: this.#queued.signal });
        this.#told.follow();
        this.heard();
    }

    stop() {
        this.#stopped = true;
        this.leave();
    }

    /** Neither leads nor stands in line. */
    leave() {
        this.isLeader = false;
        this.#release?.();
        this.#queued?.abort();
        this.#release = this.#queued = null;
        this.#environment.clearTimeout(this.#timer);
    }

    heard() {
        if (this.isLeader || this.#stopped) return;
        this.#after(quiet, () => {
            this.#told.ask();
            this.#after(patience, () => {
                this.#queued?.abort();
                this.#request({ steal: true });
                this.heard();
            });
        });
    }

    #after(milliseconds, action) {
        this.#environment.clearTimeout(this.#timer);
        // Random, or two tabs would take it from each other.
        this.#timer = this.#environment.setTimeout(action, milliseconds * (1 + 0.4 * this.#environment.random()));
    }

    #request(options) {
        let isHeld = false;
        const hold = () => {
            if (this.#stopped) return;
            isHeld = true;
            this.#lead();
            return new Promise((resolve) => { this.#release = resolve; });
        };
        this.#environment.locks.request(this.#name, options, hold).catch((error) => {
            if (this.#stopped) return;
            if (isHeld && this.isLeader) {
                // Taken away.
                this.leave();
                this.start();
            } else if (error.name !== "AbortError") {
                // A page without locks has its own stream.
                this.#lead();
            }
        });
    }

    #lead() {
        this.#environment.clearTimeout(this.#timer);
        [this.isLeader, this.#queued] = [true, null];
        this.#told.lead();
    }
}

function nameOfShare(base, token, types) {
    const { exp, iat, nbf, jti, ...identity } = claims(token) ?? { token };
    return `boardcast ${base} ${JSON.stringify([types, Object.entries(identity).sort()])}`;
}

// Of boards; null is all.
function union(one, other) {
    const boards = one && other && [...new Set([...one, ...other])];
    return boards?.length > 100 ? null : boards;
}

function covers(wide, narrow) {
    return !wide || narrow?.every((board) => wide.includes(board));
}

/** The leader passes its batches on. With a cursor in each tab, it does not matter from whom they come. */
class SharedConnection {
    #id = newKey();
    #calls;
    #environment;
    #selection;
    #cursor;
    #told;
    #channel;
    #election;
    #leader = null;
    #members = new Map();
    #connection = null;
    #asked = null;
    #change = null;
    #fitting;
    #presence = new Map();

    constructor({ name, calls, environment, selection, cursor, told }) {
        [this.#calls, this.#environment, this.#selection] = [calls, environment, selection()];
        [this.#cursor, this.#told] = [cursor, told];
        this.#channel = new environment.BroadcastChannel(name);
        this.#election = new Election(name, environment, {
            lead: () => this.#lead(),
            follow: () => this.#follow(),
            ask: () => this.#post("ping"),
        });
    }

    start() {
        this.#channel.onmessage = ({ data }) => this.#hear(data);
        this.#told.change({ state: "connecting" });
        this.#election.start();
    }

    stop() {
        this.freeze();
        this.#election.stop();
        this.#channel.close();
        this.#channel = null;
    }

    retry() {
        if (this.#connection) this.#connection.retry();
        else this.#post("retry");
    }

    wake() {
        this.#connection?.wake();
        this.#election.start();
    }

    freeze() {
        this.#post("bye");
        this.#disconnect();
        this.#election.leave();
    }

    #lead() {
        this.#leader = this.#id;
        this.#members.clear();
        this.#post("lead");
        this.#connect();
    }

    #follow() {
        this.#disconnect();
        this.#leader = null;
        this.#hello();
    }

    #hello() {
        this.#post("hello", { boards: this.#selection.boards });
    }

    #connect() {
        this.#presence.clear();
        this.#connection = new Connection({
            calls: this.#calls, environment: this.#environment, cursor: this.#cursor(),
            selection: () => ({ ...this.#selection, boards: this.#asked = this.#union() }),
            told: { change: (change) => this.#changed(change), batch: (batch) => this.#pass(batch) },
        });
        this.#connection.start();
    }

    #union() {
        return [...this.#members.values()].reduce(union, this.#selection.boards);
    }

    /** Not at once, since many join and leave together. */
    #fit(milliseconds) {
        this.#environment.clearTimeout(this.#fitting);
        this.#fitting = this.#environment.setTimeout(() => {
            const wanted = this.#union();
            if (!covers(this.#asked, wanted) || !covers(wanted, this.#asked)) this.#connection.reopen();
        }, milliseconds);
    }

    #disconnect() {
        this.#connection?.stop();
        this.#connection = null;
        this.#environment.clearTimeout(this.#fitting);
    }

    #changed(change) {
        const { state, error } = change;
        if (state === "closed" && error.isFinal && !covers(this.#selection.boards, this.#asked)) {
            // Another tab's board may be gone. Each tab checks its own, and joins again.
            this.#members.clear();
            this.#post("check");
            return this.#connect();
        }
        this.#change = { ...change, error: error && { ...error } };
        // Another tab may have a better token, or other boards.
        if (!error?.isFinal) this.#post("change", { change: this.#change });
        this.#told.change(change);
    }

    #pass(batch) {
        for (const { type, boardId, users, count, userId } of batch.events) {
            const known = this.#presence.get(boardId)?.users;
            if (type === "presence.state") {
                this.#presence.set(boardId, { users: new Set(users), unnamed: count - users.length });
            }
            if (type === "presence.joined") known?.add(userId);
            if (type === "presence.left") known?.delete(userId);
        }
        this.#post("batch", { batch });
        this.#told.batch(batch);
    }

    #welcome(to) {
        const [from, timestamp] = [this.#connection.cursor, new Date(this.#environment.now()).toISOString()];
        const events = [...this.#presence].map(([boardId, { users, unnamed }]) => (
            { type: "presence.state", boardId, users: [...users], count: users.size + unnamed, timestamp }));
        const batch = from && { from, to: from, events, selection: { boards: this.#asked } };
        this.#post("welcome", { to, change: this.#change, batch });
    }

    #hear({ kind, by, boards, to = this.#id, change, batch }) {
        if (kind === "hello") this.#members.set(by, boards);
        if (kind === "bye") this.#members.delete(by);
        if (this.#connection) {
            if (kind === "hello") this.#welcome(by);
            if (kind === "hello") this.#fit(50);
            // A page that reloads is soon back.
            if (kind === "bye") this.#fit(5000);
            if (kind === "ping") this.#post("beat");
            if (kind === "retry") this.#connection.retry();
            return;
        }
        // One that thaws believes that it leads until it gets this.
        if (kind === "lead" || kind === "welcome" && !this.#leader) this.#leader = by;
        if (by !== this.#leader) return;
        if (kind === "hello") this.#follow();
        this.#election.heard();
        if (kind === "lead") this.#hello();
        if (kind === "check") this.#check();
        if (to !== this.#id) return;
        if (change) {
            const { state, error } = change;
            this.#told.change({
                ...change, transport: state === "live" || state === "polling" ? "shared" : null,
                error: error && new BoardcastError(error.status, error.code, error.detail, error),
            });
        }
        if (batch && covers(batch.selection.boards, this.#selection.boards)) this.#told.batch(batch);
    }

    async #check() {
        try {
            await this.#calls.request("GET", `/api/events${query({ ...this.#selection, limit: 1 })}`);
        } catch (error) {
            if (error.isFinal) return this.#told.change({ state: "closed", reason: error.code, error });
        }
        this.#hello();
    }

    #post(kind, more) {
        this.#channel?.postMessage({ kind, by: this.#id, ...more });
    }
}

// JOBS

class Job extends Emitter {
    id;
    finished;
    #calls;
    #environment;
    #path;
    #backoff;
    #settle;
    #abort = null;
    #closed = false;

    constructor(calls, environment, id) {
        super();
        [this.id, this.#calls, this.#environment, this.#backoff] = [id, calls, environment, new Backoff(environment)];
        this.#path = `/api/jobs/${encodeURIComponent(id)}`;
        this.finished = new Promise((resolve, reject) => { this.#settle = { resolve, reject }; });
        // Listeners for `failed` need not catch the rejection too.
        this.finished.catch(() => {});
        this.#follow();
    }

    async cancel() {
        await this.#calls.request("POST", `${this.#path}/cancel`);
    }

    close() {
        this.#closed = true;
        this.#abort?.abort();
    }

    async #follow() {
        while (!this.#closed) {
            let wait = 0;
            try {
                await this.#stream().catch((error) => this.#look(error));
            } catch (error) {
                if (error.isFinal) return this.#settle.reject(error);
                wait = error.retryAfter ?? 0;
            }
            if (!this.#closed) await this.#environment.sleep(this.#backoff.next(wait));
        }
    }

    async #stream() {
        const [abort, parser] = [this.#abort = new AbortController(), new EventParser()];
        const options = { headers: {}, abort, parser, silence: () => 50_000 };
        for await (const messages of readEvents(this.#calls, this.#environment, `${this.#path}/stream`, options)) {
            for (const { type, data } of messages) this.#tell(type, JSON.parse(data));
            if (this.#closed) return;
        }
    }

    async #look(error) {
        if (!blocked.includes(error.code)) throw error;
        const { body } = await this.#calls.request("GET", this.#path);
        this.#tell({ completed: "completed", failed: "failed", cancelled: "failed" }[body.status] ?? "progress", body);
    }

    #tell(type, state) {
        if (this.#closed || !["progress", "completed", "failed"].includes(type)) return;
        this.#backoff.reset();
        this.#closed = type !== "progress";
        this.emit(type, state);
        if (type === "completed") this.#settle.resolve(state);
        if (type !== "failed") return;
        const detail = String(state.error ?? "The job failed.");
        this.#settle.reject(new BoardcastError(0, "job_failed", detail, { problem: state }));
    }
}

// THE CLIENT

/** `boardcast.d.ts` documents it. */
export class Boardcast extends Emitter {
    status = idle;
    connectionId = null;
    userId = null;
    #environment;
    #calls;
    #selection;
    #wantsSnapshot;
    #since;
    #isShared;
    #reader = null;
    #source = null;
    #run = 0;
    #change = idle;
    #loading = null;
    #sleepless = null;
    #hasWarned = false;

    constructor({ url, token, boards, types, snapshot = true, since = null, shared = true, environment }) {
        super();
        this.#environment = { ...surroundings, ...environment };
        this.#calls = new Calls(url ?? globalThis.location.origin, token, this.#environment);
        this.#selection = { boards: boards ?? null, types: types ?? null };
        [this.#wantsSnapshot, this.#since, this.#isShared] = [snapshot, since, shared];
    }

    get state() {
        return this.status.state;
    }

    get cursor() {
        return this.#reader?.cursor ?? null;
    }

    open() {
        if (this.#reader) return;
        this.#reader = new Reader({
            calls: this.#calls, environment: this.#environment, selection: this.#selection,
            snapshot: this.#wantsSnapshot, since: this.#since,
            told: {
                snapshot: (snapshot) => this.emit("snapshot", snapshot),
                resync: (resync) => this.emit("resync", resync),
                event: (event) => this.dispatch(event),
                ready: (reason) => { this.#loading = reason; this.#update(); },
                failed: (error) => this.#take({
                    ...idle, state: error.status === 401 ? "unauthorized" : "closed", reason: error.code, error,
                }),
            },
        });
        this.#sleepless = this.#environment.onWake(
            () => { this.#source?.wake(); this.#reader?.retry(); }, () => this.#source?.freeze?.());
        this.#start();
    }

    close() {
        if (this.state === "closed") return;
        this.#take({ ...idle, state: "closed" });
    }

    retry() {
        this.#reader?.retry();
        if (this.#source) this.#source.retry();
        else if (this.state === "unauthorized") this.#start();
        else if (this.state === "closed") this.open();
    }

    request(method, path, options) {
        return this.#calls.request(method, path, options);
    }

    async createTask(fields, options) {
        return (await this.request("POST", "/api/tasks", { ...options, body: fields })).body;
    }

    async updateTask(id, patch, { version, ...options } = {}) {
        return (await this.request("PATCH", `/api/tasks/${id}`, { ...options, ifMatch: version, body: patch })).body;
    }

    async moveTask(id, { status, after }, { version, ...options } = {}) {
        const body = { status, after };
        return (await this.request("POST", `/api/tasks/${id}/move`, { ...options, ifMatch: version, body })).body;
    }

    async deleteTask(id, { version, ...options } = {}) {
        await this.request("DELETE", `/api/tasks/${id}`, { ...options, ifMatch: version });
    }

    async snapshot(board) {
        return (await this.request("GET", `/api/boards/${encodeURIComponent(board)}/snapshot`)).body;
    }

    async boards() {
        return (await this.request("GET", "/api/boards")).body.items;
    }

    async typing(board, taskId, typing) {
        const body = { taskId, typing };
        await this.request("POST", `/api/boards/${encodeURIComponent(board)}/typing`, { body, attempts: 1 });
    }

    job(id) {
        return new Job(this.#calls, this.#environment, id);
    }

    async #start() {
        const run = ++this.#run;
        this.#take({ ...idle, state: "connecting" });
        this.#reader?.start();
        const { locks, BroadcastChannel } = this.#environment;
        let name = null;
        if (this.#isShared && locks && BroadcastChannel) {
            // Without a token, a connection of its own tries again.
            const makeName = (token) => nameOfShare(this.#calls.base, token, this.#selection.types);
            name = await this.#calls.tokens.get().then(makeName, () => null);
        }
        if (run !== this.#run) return;
        const parts = {
            calls: this.#calls, environment: this.#environment, selection: () => this.#selection,
            told: { change: (change) => this.#take(change), batch: (batch) => this.#reader?.take(batch) },
        };
        this.#source = name === null
            ? new Connection({ ...parts, cursor: this.#reader.cursor })
            : new SharedConnection({ ...parts, name, cursor: () => this.#reader.cursor });
        this.#source.start();
    }

    #take(change) {
        this.#change = change;
        this.connectionId = change.connectionId ?? null;
        this.userId = change.userId ?? this.userId;
        const isClosed = change.state === "closed";
        if (isClosed || change.state === "unauthorized") {
            this.#run += 1;
            this.#source?.stop();
            this.#source = null;
        }
        if (isClosed) {
            this.#sleepless?.();
            this.#reader?.stop();
            this.#reader = null;
        }
        this.#update();
    }

    /** Events that come before the state that they change do not make it live. */
    #update() {
        let { state, reason = null, retryAt = null, transport = null, error = null } = this.#change;
        if (["live", "polling"].includes(state) && !this.#reader.isReady) {
            [state, reason, transport] = ["connecting", this.#loading, null];
        }
        const status = { state, reason, retryAt, transport, error };
        if (["state", "reason", "retryAt", "transport"].every((part) => status[part] === this.status[part])) return;
        this.status = status;
        if (error && ["closed", "unauthorized"].includes(state) && !this.#hasWarned && !this.isHeard("state")) {
            this.#hasWarned = true;
            this.#environment.warn(`Boardcast is ${state}: ${error.detail} (Nothing listens to "state".)`);
        }
        this.emit("state", status);
    }
}

export { BoardcastError, EventParser, newKey };
