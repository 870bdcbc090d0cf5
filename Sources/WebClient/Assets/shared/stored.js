/**
 * One text in the browser's storage. Where there is no storage, nothing is kept.
 *
 * @param storage returns `sessionStorage` or `localStorage`; the access may throw.
 */
export class Stored {
    #storage;
    #name;

    constructor(storage, name) {
        [this.#storage, this.#name] = [storage, name];
    }

    get() {
        return this.#use("getItem");
    }

    set(text) {
        this.#use("setItem", text);
    }

    remove() {
        this.#use("removeItem");
    }

    #use(method, ...text) {
        try {
            return this.#storage()[method](this.#name, ...text);
        } catch {
            return null;
        }
    }
}

/** A JSON value in the browser's storage. */
class StoredValue {
    #stored;

    constructor(stored) {
        this.#stored = stored;
    }

    /** Null when there is none. */
    get() {
        const text = this.#stored.get();
        return text === null ? null : parse(text);
    }

    put(value) {
        this.#stored.set(JSON.stringify(value));
    }

    /** Removes it, and returns it. */
    take() {
        const value = this.get();
        this.remove();
        return value;
    }

    remove() {
        this.#stored.remove();
    }
}

const ofThisTab = (name) => new Stored(() => sessionStorage, name);

/** The token outlives a reload of this tab, and both pages find it there. */
export const storedToken = ofThisTab("boardcast.token");
/** There while the token is one of an OpenID provider: `{ refreshToken }`, which may be undefined. */
export const storedGrant = new StoredValue(ofThisTab("boardcast.grant"));
/** A sign-in that has begun: `{ state, nonce, verifier, tenant, back }`. */
export const storedFlow = new StoredValue(ofThisTab("boardcast.flow"));
/** What the page that the user comes back to shall say. */
export const storedNotice = ofThisTab("boardcast.notice");

/** JSON values in the browser's storage, under names that begin alike. Those that have not been put again for long are removed. */
export class Shelf {
    #storage;
    #prefix;
    #kept;
    /** What could not be stored last time. */
    #unsafe = new Set();

    /** `kept`: for how many milliseconds a value stays. */
    constructor(storage, prefix, kept) {
        [this.#storage, this.#prefix, this.#kept] = [storage, prefix, kept];
    }

    /** Whether everything that was put is stored. */
    get isSafe() {
        return this.#unsafe.size === 0;
    }

    put(name, value) {
        try {
            this.#storage().setItem(this.#prefix + name, JSON.stringify({ at: Date.now(), value }));
            this.#unsafe.delete(String(name));
        } catch {
            this.#unsafe.add(String(name));
        }
    }

    remove(name) {
        this.#unsafe.delete(String(name));
        try {
            this.#storage().removeItem(this.#prefix + name);
        } catch {
            // Then nothing was stored either.
        }
    }

    /** `[name, value, at]` of each, the oldest first. */
    all() {
        const found = [];
        try {
            const storage = this.#storage();
            const names = Array.from({ length: storage.length }, (_, place) => storage.key(place));
            for (const name of names.filter((name) => name.startsWith(this.#prefix))) {
                const { at, value } = parse(storage.getItem(name));
                if (Date.now() - at < this.#kept) found.push([name.slice(this.#prefix.length), value, at]);
                else storage.removeItem(name);
            }
        } catch {
            // No storage has nothing.
        }
        return found.sort((one, other) => one[2] - other[2]);
    }
}

function parse(text) {
    try {
        return JSON.parse(text) ?? {};
    } catch {
        return {};
    }
}
