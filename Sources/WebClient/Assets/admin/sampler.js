const every = 2000;
/** Five minutes of samples. */
const kept = 150;
const largestPage = 1000;

/**
 * Looks at the gateway every two seconds while the page can be seen, and keeps what it saw for five minutes.
 *
 * A sample: `{ at, connections, users, delivered, bytes, heard, typical, slowest, probe, lag, queued }`; rates are for
 * a second, latencies in milliseconds, and null stands for what nothing was learnt of.
 */
export class Sampler {
    samples = [];
    /** The connections as they were seen last, oldest first. */
    connections = [];
    #request;
    #tell;
    #before = null;
    #heard = 0;
    #latencies = [];
    #offsets = [];
    #timer;
    #running = false;
    #looking = false;
    #again = false;
    /** Told apart from those before `stop`. */
    #round = 0;

    /**
     * @param request the client's
     * @param tell called after every look, with an error when it failed
     */
    constructor(request, tell) {
        [this.#request, this.#tell] = [request, tell];
        document.addEventListener("visibilitychange", () => this.#turn());
    }

    /** How far the gateway's clock is ahead of ours, in milliseconds; the look that took the shortest knows best. */
    get clockOffset() {
        const unknown = { trip: Infinity, offset: 0 };
        return this.#offsets.reduce((best, one) => one.trip < best.trip ? one : best, unknown).offset;
    }

    start() {
        this.#running = true;
        this.#turn();
    }

    /** Forgets what it saw; a look that is under way comes to nothing. */
    stop() {
        this.#running = this.#looking = this.#again = false;
        clearTimeout(this.#timer);
        this.#round += 1;
        [this.samples, this.connections, this.#before, this.#offsets] = [[], [], null, []];
    }

    /** An event came that is not of the past. @returns how long it took, in milliseconds */
    hear(event) {
        const latency = Math.max(0, Date.now() + this.clockOffset - Date.parse(event.timestamp));
        this.#heard += 1;
        if (this.#latencies.length < 10_000) this.#latencies.push(latency);
        return latency;
    }

    /** Looks at once, for who has just changed something. */
    async look() {
        clearTimeout(this.#timer);
        if (!this.#running || document.hidden) return;
        this.#again = this.#looking;
        if (this.#looking) return;
        this.#looking = true;
        const [round, began, probe] = [this.#round, performance.now(), this.#probe()];
        let failure = null;
        try {
            const seen = [await this.#load(), await probe];
            if (round === this.#round) this.#note(...seen);
        } catch (error) {
            failure = error;
        }
        if (round !== this.#round) return;
        if (failure !== null) this.#before = null;
        this.#tell(failure);
        // Whoever is told may have stopped it.
        if (round !== this.#round) return;
        this.#looking = false;
        if (this.#again) return this.look();
        // Lists too long to load in a moment are loaded as rarely as keeps it at a fifth of the time.
        const took = performance.now() - began;
        this.#timer = setTimeout(() => this.look(), Math.max(every - took, 4 * took));
    }

    #turn() {
        clearTimeout(this.#timer);
        // A rate over the time that nobody looked would say nothing of any of it.
        [this.#before, this.#heard, this.#latencies] = [null, 0, []];
        if (!document.hidden) this.look();
    }

    /** One GET that costs the gateway nothing, there and back. */
    async #probe() {
        const began = performance.now();
        const answer = await fetch("healthz", { cache: "no-store", credentials: "omit" }).catch(() => null);
        return answer?.ok ? performance.now() - began : null;
    }

    async #load() {
        const connections = [];
        let cursor = null;
        do {
            const next = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
            const [began, sent] = [performance.now(), Date.now()];
            const { body } = await this.#request("GET", `/sse/stats?limit=${largestPage}${next}`);
            const [trip, came] = [performance.now() - began, Date.now()];
            connections.push(...body.connections);
            const [one] = body.connections;
            if (one) {
                const offset = one.connectedAt + one.duration - (sent + came) / 2;
                this.#offsets = [...this.#offsets.slice(-29), { trip, offset }];
            }
            cursor = body.nextCursor;
        } while (cursor !== null);
        return { at: Date.now(), connections };
    }

    #note({ at, connections }, probe) {
        this.connections = connections;
        const before = this.#before;
        // A look out of turn shows who is there; over so short a time a rate says nothing.
        if (before !== null && at - before.at < every / 2) return;
        const known = new Map(before?.connections.map((connection) => [connection.id, connection]));
        const seconds = before === null ? null : (at - before.at) / 1000;
        const rate = (field) => seconds === null ? null : connections.reduce((sum, connection) =>
            sum + connection[field] - (known.get(connection.id)?.[field] ?? 0), 0) / seconds;
        const latencies = seconds === null ? [] : this.#latencies.sort((left, right) => left - right);
        this.samples = [...this.samples, {
            // The first pays for whatever the browser was doing then.
            at, probe: seconds === null ? null : probe, connections: connections.length,
            users: new Set(connections.map(({ userId }) => userId)).size,
            delivered: rate("sentEvents"), bytes: rate("sentBytes"),
            heard: seconds === null ? null : this.#heard / seconds,
            typical: latencies[latencies.length >> 1] ?? null, slowest: latencies.at(-1) ?? null,
            lag: Math.max(0, ...connections.map(({ lag }) => lag)),
            queued: connections.reduce((sum, { queuedBytes }) => sum + queuedBytes, 0),
        }].filter((sample) => at - sample.at <= kept * every).slice(-kept);
        [this.#before, this.#heard, this.#latencies] = [{ at, connections }, 0, []];
    }
}
