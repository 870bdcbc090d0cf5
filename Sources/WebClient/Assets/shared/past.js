/** How many numbers are looked through at once; twice as many each time that none of the events wanted is among them. */
const firstStride = 200;
const longestStride = 1000;
/** How often one call may look: then it returns with what it has, and the next goes on. */
const mostLooks = 8;

/** The log, read backwards: the newest events first, and with each call older ones, as far as the log reaches. */
export class Past {
    /** Whether there is nothing before what has been read. */
    isAtEnd = false;
    /** The time of the oldest event that has been read; null before the first. */
    reachesTo = null;
    #request;
    #query;
    #epoch = null;
    /** The lowest number that has been looked at. */
    #place = null;
    #stride = firstStride;

    /**
     * @param request the client's
     * @param query which events are wanted, as `/api/events` takes it: `board=main&types=task.*`; may be empty
     */
    constructor(request, query) {
        [this.#request, this.#query] = [request, query && `&${query}`];
    }

    /** The cursor after which the event `seq` comes. */
    before(seq) {
        return `${seq - 1}-${this.#epoch}`;
    }

    /** The next events into the past, the newest first: about `count`, none only where it has to be asked again. */
    async older(count) {
        return this.#epoch === null ? this.#newest(count) : this.#before(count);
    }

    async #newest(count) {
        const { body } = await this.#request("GET", `/api/events?limit=${count}${this.#query}`);
        this.#epoch = body.cursor.slice(body.cursor.indexOf("-") + 1);
        this.isAtEnd = body.events.length < count;
        return this.#take(body.events);
    }

    async #before(count) {
        const found = [];
        for (let look = 0; look < mostLooks && found.length < count && !this.isAtEnd; look += 1) {
            const from = Math.max(0, this.#place - 1 - this.#stride);
            const path = `/api/events?since=${from}-${this.#epoch}&limit=${this.#place - 1 - from}${this.#query}`;
            const { body } = await this.#request("GET", path);
            const isWhole = body.recovered && Number.parseInt(body.cursor, 10) >= this.#place - 1;
            if (isWhole) {
                found.push(...this.#take(body.events.filter(({ seq }) => seq < this.#place), from + 1));
                this.isAtEnd = from === 0;
                if (found.length === 0) this.#stride = Math.min(longestStride, 2 * this.#stride);
            } else {
                // The log does not reach back so far, or an answer does not hold so many; perhaps half of them.
                this.isAtEnd = this.#stride === 1;
                this.#stride = Math.max(1, this.#stride >> 1);
            }
        }
        return found;
    }

    #take(events, place = events[0]?.seq ?? 1) {
        if (events.length > 0) this.reachesTo = events[0].timestamp;
        this.#place = place;
        this.isAtEnd ||= place <= 1;
        return events.reverse();
    }
}
