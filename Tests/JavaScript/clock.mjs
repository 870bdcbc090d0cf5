/** Lets what is ready run: promises, and streams that hand bytes over. */
export async function settle() {
    for (let round = 0; round < 8; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Time that passes when a test says so. */
export class Clock {
    time = Date.parse("2026-01-15T10:30:00.000Z");
    #timers = new Map();
    #count = 0;

    now = () => this.time;

    setTimeout = (action, milliseconds) => {
        this.#timers.set(++this.#count, { at: this.time + milliseconds, action });
        return this.#count;
    };

    clearTimeout = (timer) => this.#timers.delete(timer);

    /** Runs every timer due within `milliseconds`, in order, each followed by what it sets off. */
    async advance(milliseconds) {
        await settle();
        const end = this.time + milliseconds;
        for (;;) {
            const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
            if (!due) break;
            const [timer, { at, action }] = due;
            this.#timers.delete(timer);
            this.time = Math.max(this.time, at);
            action();
            await settle();
        }
        this.time = end;
    }

    /** A laptop's lid: time passes and no timer runs. */
    sleep(milliseconds) {
        this.time += milliseconds;
        for (const timer of this.#timers.values()) timer.at += milliseconds;
    }
}
