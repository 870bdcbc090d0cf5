const every = 2000;
/** Five minutes of samples. */
const kept = 150;
const largestPage = 1000;

/**
 * Samples the gateway every two seconds while the page is visible, and keeps the samples for five minutes.
 *
 * A sample: `{ at, connections, users, delivered, bytes, heard, typical, slowest, probe, lag, queued }`; rates are per
 * second, latencies in milliseconds, and null stands for an unknown figure.
 */
export class Sampler {
    samples = [];
    /** The connections in the last sample, oldest first. */
    connections = [];
    /** The gateways that share the database; empty for one alone. */
    nodes = [];
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
    /** Distinguishes samples in flight from those begun before `stop`. */
    #round = 0;

    /**
     * @param request the client's
     * @param tell called after every sample, with the error when it failed
     */
    constructor(request, tell) {
        [this.#request, this.#tell] = [request, tell];
        document.addEventListener("visibilitychange", () => this.#turn());
    }

    /** How far the gateway's clock is ahead of ours, in milliseconds; taken from the fastest request. */
    get clockOffset() {
        const unknown = { trip: Infinity, offset: 0 };
        return this.#offsets.reduce((best, one) => one.trip < best.trip ? one : best, unknown).offset;
    }

    start() {
        this.#running = true;
        this.#turn();
    }

    /** Stops and forgets all samples; one in flight is ignored. */
    stop() {
        this.#running = this.#looking = this.#again = false;
        clearTimeout(this.#timer);
        this.#round += 1;
        [this.samples, this.connections, this.#before, this.#offsets] = [[], [], null, []];
    }

    /** Takes a live event. @returns its latency in milliseconds */
    hear(event) {
        const latency = Math.max(0, Date.now() + this.clockOffset - Date.parse(event.timestamp));
        this.#heard += 1;
        if (this.#latencies.length < 10_000) this.#latencies.push(latency);
        return latency;
    }

    /** Takes a sample at once, after a change by the user. */
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
        // The callback may have stopped it.
        if (round !== this.#round) return;
        this.#looking = false;
        if (this.#again) return this.look();
        // Long lists are loaded less often, so that loading takes at most a fifth of the time.
        const took = performance.now() - began;
        this.#timer = setTimeout(() => this.look(), Math.max(every - took, 4 * took));
    }

    #turn() {
        clearTimeout(this.#timer);
        // A rate over the time in which no sample was taken would be meaningless.
        [this.#before, this.#heard, this.#latencies] = [null, 0, []];
        if (!document.hidden) this.look();
    }

    /** Measures the round trip of a GET that costs the gateway nothing. */
    async #probe() {
        const began = performance.now();
        const answer = await fetch("healthz", { cache: "no-store", credentials: "omit" }).catch(() => null);
        return answer?.ok ? performance.now() - began : null;
    }

    async #load() {
        const connections = [];
        let [cursor, nodes] = [null, []];
        do {
            const next = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
            const [began, sent] = [performance.now(), Date.now()];
            const { body } = await this.#request("GET", `/sse/stats?limit=${largestPage}${next}`);
            const [trip, came] = [performance.now() - began, Date.now()];
            connections.push(...body.connections);
            nodes = body.nodes ?? [];
            const [one] = body.connections;
            if (one) {
                const offset = one.connectedAt + one.duration - (sent + came) / 2;
                this.#offsets = [...this.#offsets.slice(-29), { trip, offset }];
            }
            cursor = body.nextCursor;
        } while (cursor !== null);
        return { at: Date.now(), connections, nodes };
    }

    #note({ at, connections, nodes }, probe) {
        [this.connections, this.nodes] = [connections, nodes];
        const before = this.#before;
        // An extra sample updates the connections only; over so short a time rates are meaningless.
        if (before !== null && at - before.at < every / 2) return;
        const known = new Map(before?.connections.map((connection) => [connection.id, connection]));
        const seconds = before === null ? null : (at - before.at) / 1000;
        const rate = (field) => seconds === null ? null : connections.reduce((sum, connection) =>
            sum + connection[field] - (known.get(connection.id)?.[field] ?? 0), 0) / seconds;
        const latencies = seconds === null ? [] : this.#latencies.sort((left, right) => left - right);
        this.samples = [...this.samples, {
            // The first probe is not counted, since it includes the browser's start-up work.
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
