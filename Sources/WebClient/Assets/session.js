import { find, setText } from "./dom.js";

const panel = find("#sign-in");
/** The user is told so long before the token runs out, in milliseconds. */
const ahead = 120_000;

/** The token of this tab. It is kept in memory and in session storage, and asked for when there is none. */
export class Session {
    #token = null;
    #changed;
    #ending;
    #refused = false;
    #timer = null;

    /** `changed()` is called with every token that the user gives, `ending(time)` when it runs out soon. */
    constructor({ changed, ending }) {
        [this.#changed, this.#ending] = [changed, ending];
        this.#token = stored("getItem");
        this.#watch();
        find("form", panel).addEventListener("submit", (event) => this.#submit(event));
        // A panel without a board behind it has nothing to be dismissed to.
        panel.addEventListener("cancel", (event) => this.claims === null && event.preventDefault());
    }

    get token() {
        return this.#token;
    }

    /** What the token says, unverified: to greet and to warn with, never to decide by. */
    get claims() {
        try {
            const part = this.#token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
            return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), (char) => char.charCodeAt(0))));
        } catch {
            return null;
        }
    }

    get mayWrite() {
        return this.claims?.role !== "viewer";
    }

    use(token) {
        this.#token = token;
        this.#refused = false;
        stored("setItem", token);
        this.#watch();
        if (panel.open) panel.close();
        this.#changed();
    }

    /** The server does not take the token any more. It is forgotten once another has come. */
    refuse(why) {
        if (!this.#refused) stored("removeItem");
        this.#refused = true;
        this.ask(why, "Sign in again");
    }

    ask(why = "", heading = "Open a board") {
        setText(find("#sign-in-title"), heading);
        setText(find("#why"), why);
        if (!panel.open) panel.showModal();
        find("#token").focus();
    }

    #watch() {
        clearTimeout(this.#timer);
        const left = this.claims?.exp * 1000 - Date.now();
        // A timer holds 24 days; who stays longer than that is told by the refusal.
        if (left < 2 ** 31) this.#timer = setTimeout(() => this.#ending(this.claims.exp * 1000), Math.max(0, left - ahead));
    }

    #submit(event) {
        event.preventDefault();
        const token = find("#token").value.trim();
        find("#token").value = "";
        if (token) this.use(token);
    }
}

/** The token outlives a reload of this tab where the browser has storage for it. */
function stored(method, ...value) {
    try {
        return sessionStorage[method]("boardcast.token", ...value);
    } catch {
        return null;
    }
}
