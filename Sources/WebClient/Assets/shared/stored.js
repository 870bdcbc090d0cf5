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

/** The token outlives a reload of this tab, and both pages find it there. */
export const storedToken = new Stored(() => sessionStorage, "boardcast.token");
