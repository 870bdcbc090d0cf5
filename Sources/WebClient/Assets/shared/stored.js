/**
 * One text in the browser's storage, which not every browser has: then nothing is kept.
 *
 * @param storage gives `sessionStorage` or `localStorage`; to touch it may be refused.
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
