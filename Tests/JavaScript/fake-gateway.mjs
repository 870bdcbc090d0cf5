import { settle } from "./clock.mjs";

const json = (body, status = 200, headers = {}) =>
    new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

export const problem = (status, code, headers = {}) => json({ status, code, detail: `It is ${code}.` }, status, headers);

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Looks like a JWT; who made it is not looked at here. */
export const token = (exp, more = {}) => `${encode({ alg: "none" })}.${encode({ sub: "ann", exp, ...more })}.x`;

class Stream {
    isOpen = true;
    #controller;
    #gateway;

    constructor(gateway, { board, types, since, token, signal }) {
        [this.#gateway, this.id] = [gateway, `c${gateway.opened.length + 1}`];
        [this.board, this.types, this.since, this.token] = [board, types, since, token];
        this.body = new ReadableStream({ start: (controller) => { this.#controller = controller; } });
        signal?.addEventListener("abort", () => this.break(signal.reason));
    }

    write(bytes) {
        if (this.isOpen) this.#controller.enqueue(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
    }

    tell(event, id) {
        this.write(`${id ? `id: ${id}\n` : ""}data: ${JSON.stringify({ timestamp: this.#gateway.timestamp, ...event })}\n\n`);
    }

    shows(event) {
        return this.board.length === 0 || !event.boardId || this.board.includes(event.boardId);
    }

    end() {
        if (this.isOpen) this.#controller.close();
        this.#leave();
    }

    break(error = new TypeError("terminated")) {
        if (this.isOpen) this.#controller.error(error);
        this.#leave();
    }

    #leave() {
        this.isOpen = false;
        this.#gateway.live.delete(this);
    }
}

/** Answers as the gateway does, from memory, at the clock's time; and misbehaves when it is told to. */
export class FakeGateway {
    /** The epochs, each with the number after which it began. */
    #runs = [{ epoch: "e1", after: 0 }];
    log = [];
    /** Events up to here are forgotten. */
    forgotten = 0;
    heartbeatSeconds = 20;
    retry = null;
    /** Every request: `GET /api/boards`. */
    requests = [];
    /** Every stream there was, and those there are. */
    opened = [];
    live = new Set();
    #twists = [];
    #polls = new Set();

    constructor(clock) {
        this.clock = clock;
    }

    get timestamp() {
        return new Date(this.clock.now()).toISOString();
    }

    /** Another database takes the place of this one. */
    set epoch(epoch) {
        this.#runs = [{ epoch, after: 0 }];
    }

    /** A clean restart: what follows is numbered in another epoch, and what was before is known. */
    restart(epoch) {
        this.#runs.push({ epoch, after: this.log.length });
    }

    cursorAt(seq, runs = this.#runs) {
        return `${seq}-${(runs.findLast(({ after }) => after < seq) ?? runs[0]).epoch}`;
    }

    get head() {
        return this.cursorAt(this.log.length);
    }

    get stream() {
        return [...this.live].at(-1);
    }

    /** The next `times` requests whose line begins so get `answer(request)` instead; undefined lets one pass. */
    twist(line, answer, times = 1) {
        this.#twists.push({ line, answer, times });
    }

    count(line) {
        return this.requests.filter((request) => request.line.startsWith(line)).length;
    }

    async publish(type = "task.created", more = { boardId: "main" }) {
        const seq = this.log.length + 1;
        const event = { type, seq, timestamp: this.timestamp, ...more };
        this.log.push(event);
        for (const stream of this.live) if (stream.shows(event)) stream.tell(event, this.head);
        for (const answer of this.#polls) answer();
        await settle();
        return seq;
    }

    /** All that `kill -9` does to those who are connected. */
    async cut() {
        for (const stream of this.live) stream.break();
        await settle();
    }

    fetch = async (url, { method = "GET", headers = {}, body, signal } = {}) => {
        signal?.throwIfAborted();
        const { pathname, searchParams } = new URL(url);
        const request = {
            line: `${method} ${pathname}`, query: searchParams, headers: new Headers(headers), body, signal,
            token: headers.Authorization?.replace("Bearer ", ""),
        };
        this.requests.push(request);
        const twist = this.#twists.find(({ line, times }) => times > 0 && request.line.startsWith(line));
        if (twist) {
            twist.times -= 1;
            const answer = await twist.answer(request);
            if (answer) return answer;
        }
        const [, , kind, name, part] = pathname.split("/");
        if (pathname === "/sse/connect") return this.#connect(request);
        if (pathname === "/api/events") return this.#events(request);
        if (pathname === "/api/boards") return json({ items: [{ id: "main" }], next: null });
        if (kind === "boards" && part === "snapshot") return this.#snapshot(name);
        if (kind === "connections" || kind === "boards") return new Response(null, { status: 204 });
        return json({ task: { id: 1 }, seq: await this.publish() }, 201);
    };

    /** A request that is never answered. */
    never = ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

    openStream(request) {
        const { query, headers, signal } = request;
        const since = headers.get("Last-Event-ID");
        const stream = new Stream(this, {
            board: query.getAll("board"), types: query.get("types"), since, token: request.token, signal,
        });
        this.opened.push(stream);
        this.live.add(stream);
        return stream;
    }

    answer(stream) {
        return new Response(stream.body, { headers: { "Content-Type": "text/event-stream" } });
    }

    #connect(request) {
        const stream = this.openStream(request);
        const { place, reason } = this.#place(stream.since);
        if (this.retry) stream.write(`retry: ${this.retry}\n`);
        const cursor = place === null ? this.head : stream.since;
        stream.tell({
            type: "connection.established", connectionId: stream.id, userId: "ann", cursor,
            recovered: place !== null, heartbeatSeconds: this.heartbeatSeconds,
        }, cursor);
        if (reason) stream.tell({ type: "stream.resync", reason, cursor: this.head });
        for (const event of this.log.slice(place ?? this.log.length)) {
            if (stream.shows(event)) stream.tell(event, this.cursorAt(event.seq));
        }
        return this.answer(stream);
    }

    #place(cursor) {
        if (cursor === null) return { place: null };
        const [seq, epoch] = [Number.parseInt(cursor, 10), cursor.split("-")[1]];
        const run = this.#runs.findIndex((known) => known.epoch === epoch);
        const isKnown = run >= 0 && seq <= (this.#runs[run + 1]?.after ?? Infinity);
        const reason = !isKnown ? "epoch_changed" : seq < this.forgotten ? "cursor_expired"
            : seq > this.log.length ? "cursor_ahead" : null;
        return reason ? { place: null, reason } : { place: seq };
    }

    async #events({ query, signal }) {
        const { place, reason } = this.#place(query.get("since"));
        if (place === null) return json({ events: [], cursor: this.head, recovered: false, reason });
        const [limit, runs] = [Number(query.get("limit")), this.#runs];
        const found = () => this.log.slice(place, place + limit);
        if (found().length === 0 && Number(query.get("wait")) > 0) await this.#wait(query.get("wait") * 1000, signal);
        const events = found();
        const cursor = this.cursorAt(events.at(-1)?.seq ?? place, runs);
        const boards = query.getAll("board");
        const shown = events.filter(({ boardId }) => boards.length === 0 || !boardId || boards.includes(boardId));
        return json({ events: shown, cursor, recovered: true });
    }

    async #wait(milliseconds, signal) {
        let timer;
        await new Promise((resolve, reject) => {
            this.#polls.add(resolve);
            signal?.addEventListener("abort", () => reject(signal.reason));
            timer = this.clock.setTimeout(resolve, milliseconds);
        }).finally(() => this.clock.clearTimeout(timer));
    }

    #snapshot(name) {
        const tasks = this.log.filter(({ boardId }) => boardId === name).map(({ seq }) => ({ id: seq, boardId: name }));
        return json({ board: { id: name }, tasks, cursor: this.head });
    }
}
