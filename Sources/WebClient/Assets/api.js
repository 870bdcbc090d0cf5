/** A refusal, in the server's own words: the `detail` of an RFC 9457 problem. */
export class Refusal extends Error {
    constructor(status, detail, retryAfter = null) {
        super(detail);
        this.status = status;
        /** Milliseconds to stay away, when the server named them. */
        this.retryAfter = retryAfter;
    }

    static async from(response) {
        const problem = await response.json().catch(() => null);
        const fields = (problem?.errors ?? []).map(({ pointer, detail }) => `${pointer.replace(/^\//, "")}: ${detail}`);
        const detail = [problem?.detail ?? `The server answered ${response.status}.`, ...fields].join(" ");
        const seconds = Number(response.headers.get("Retry-After"));
        return new Refusal(response.status, detail, seconds > 0 ? seconds * 1000 : null);
    }
}

/** Calls with the token in a header; paths are relative to the page. */
export class API {
    #token;

    constructor(token) {
        this.#token = token;
    }

    /** @throws {Refusal} for every status that is not 2xx; another error when there was no answer. */
    async fetch(path, { headers, ...options } = {}) {
        headers = { Authorization: `Bearer ${this.#token}`, ...headers };
        const response = await fetch(path, { cache: "no-store", credentials: "omit", ...options, headers });
        if (!response.ok) throw await Refusal.from(response);
        return response;
    }

    /** Sends it up to three times when no answer comes; its key makes that one write. */
    async post(path, body) {
        // Not `randomUUID`, which a page on plain HTTP from another host does not have.
        const key = crypto.getRandomValues(new Uint32Array(4)).join("-");
        const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
        for (let attempt = 1; ; attempt += 1) {
            const signal = AbortSignal.timeout(10_000);
            try {
                return await this.fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
            } catch (error) {
                if (error instanceof Refusal || attempt === 3) throw error;
                await new Promise((resolve) => setTimeout(resolve, 500 * attempt));
            }
        }
    }
}
