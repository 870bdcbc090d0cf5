/**
 * The state of the page, in the address's fragment: `#board=main&view=list&q=login&task=7`. Servers and their logs
 * never see a fragment, and the address can be given to a colleague.
 */
export class Route {
    #values;

    /** `changed()` is called when the address changes by the user's hand, not by `set`. */
    constructor(changed) {
        this.#values = read();
        addEventListener("popstate", () => {
            this.#values = read();
            changed();
        });
    }

    get(name) {
        return this.#values.get(name) ?? "";
    }

    /** Removes a value from the address and returns it: a token must not stay there. */
    take(name) {
        const value = this.get(name).trim();
        if (this.#values.has(name)) this.set({ [name]: "" });
        return value;
    }

    /** With `push`, the browser's Back undoes it. */
    set(changes, { push = false } = {}) {
        const values = new URLSearchParams(this.#values);
        for (const [name, value] of Object.entries(changes)) {
            if (value) values.set(name, value);
            else values.delete(name);
        }
        this.#values = values;
        const address = location.pathname + location.search + (String(values) && `#${values}`);
        history[push ? "pushState" : "replaceState"](null, "", address);
    }
}

const read = () => new URLSearchParams(location.hash.slice(1));
