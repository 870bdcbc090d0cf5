import { World } from "./world.mjs";

/** A tab: what comes to it from outside waits while it is frozen, and never comes once it is gone. */
class Tab {
    isFrozen = false;
    isGone = false;
    #waiting = [];

    run = (action) => {
        if (this.isFrozen) this.#waiting.push(action);
        else if (!this.isGone) action();
    };

    thaw() {
        this.isFrozen = false;
        for (const action of this.#waiting.splice(0)) this.run(action);
    }
}

/** Web Locks §3, as far as exclusive locks go. */
class Locks {
    /** Who has and who wants the lock of a name, in order. */
    #lines = new Map();

    view(tab) {
        return {
            request: (name, { signal, steal }, callback) => new Promise((resolve, reject) => {
                const line = this.#lines.get(name) ?? [];
                this.#lines.set(name, line);
                const entry = { tab, callback, resolve, reject, isHeld: false };
                signal?.addEventListener("abort", () => {
                    if (entry.isHeld || !line.includes(entry)) return;
                    line.splice(line.indexOf(entry), 1);
                    tab.run(() => reject(signal.reason));
                });
                const [holder] = line;
                if (steal && holder?.isHeld) {
                    line.shift();
                    holder.tab.run(() => holder.reject(new DOMException("stolen", "AbortError")));
                }
                if (steal) line.unshift(entry);
                else line.push(entry);
                this.#grant(line);
            }),
        };
    }

    leave(tab) {
        for (const line of this.#lines.values()) {
            for (const entry of line.filter((entry) => entry.tab === tab)) line.splice(line.indexOf(entry), 1);
            this.#grant(line);
        }
    }

    #grant(line) {
        const [first] = line;
        if (!first || first.isHeld) return;
        first.isHeld = true;
        setImmediate(() => first.tab.run(async () => {
            const answer = await first.callback({});
            if (line[0] !== first) return;
            line.shift();
            first.resolve(answer);
            this.#grant(line);
        }));
    }
}

/** Tabs of one browser, on the world's gateway and clock. */
export class Browser {
    world = new World();
    #locks = new Locks();
    #channels = new Set();

    async open(options) {
        const { clock, gateway } = this.world;
        const tab = new Tab();
        const channels = this.#channels;
        class BroadcastChannel {
            constructor(name) {
                [this.name, this.tab] = [name, tab];
                channels.add(this);
            }

            postMessage(message) {
                if (tab.isGone) return;
                if (!channels.has(this)) throw new DOMException("closed", "InvalidStateError");
                for (const other of channels) {
                    if (other === this || other.name !== this.name) continue;
                    const data = structuredClone(message);
                    setImmediate(() => other.tab.run(() => channels.has(other) && other.onmessage?.({ data })));
                }
            }

            close() {
                channels.delete(this);
            }
        }
        const environment = {
            BroadcastChannel, locks: this.#locks.view(tab),
            setTimeout: (action, milliseconds) => clock.setTimeout(() => tab.run(action), milliseconds),
            fetch: async (url, init) => {
                if (tab.isGone) return new Promise(() => {});
                const response = await gateway.fetch(url, init);
                if (url.includes("/sse/connect")) tab.stream = gateway.stream;
                return response;
            },
            ...options?.environment,
        };
        const heard = await this.world.open({ ...options, environment });
        return Object.assign(heard, { tab });
    }

    /** The process dies: the browser gives its lock to the next one. */
    crash({ tab }) {
        tab.isGone = true;
        for (const channel of this.#channels) if (channel.tab === tab) this.#channels.delete(channel);
        tab.stream?.break();
        this.#locks.leave(tab);
    }

    /** Nothing in it runs, its lock and its stream stay; what is sent to it lies in a buffer. */
    freeze({ tab }) {
        tab.isFrozen = true;
        this.world.gateway.live.delete(tab.stream);
    }

    thaw({ tab }) {
        tab.thaw();
        tab.stream?.break();
    }
}
