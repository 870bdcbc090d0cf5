import { find, setText } from "../shared/dom.js";
import { onSignIn, promptForToken } from "../shared/sign-in.js";
import { storedToken } from "../shared/stored.js";
import { decode } from "../shared/token.js";

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
        this.#token = storedToken.get();
        this.#watch();
        onSignIn((token) => this.use(token));
        // A panel without a board behind it has nothing to be dismissed to.
        panel.addEventListener("cancel", (event) => this.claims === null && event.preventDefault());
    }

    get token() {
        return this.#token;
    }

    /** What the token says, unverified: to greet and to warn with, never to decide by. */
    get claims() {
        return this.#token === null ? null : decode(this.#token).claims ?? null;
    }

    get mayWrite() {
        return this.claims?.role !== "viewer";
    }

    use(token) {
        this.#token = token;
        this.#refused = false;
        storedToken.set(token);
        this.#watch();
        if (panel.open) panel.close();
        this.#changed();
    }

    /** The server does not take the token any more. It is forgotten once another has come. */
    refuse(why) {
        if (!this.#refused) storedToken.remove();
        this.#refused = true;
        this.ask(why, "Sign in again");
    }

    ask(why = "", heading = "Open a board") {
        setText(find("#sign-in-title"), heading);
        if (!panel.open) panel.showModal();
        promptForToken(why);
    }

    #watch() {
        clearTimeout(this.#timer);
        const left = this.claims?.exp * 1000 - Date.now();
        // A timer holds 24 days; who stays longer than that is told by the refusal.
        if (left < 2 ** 31) this.#timer = setTimeout(() => this.#ending(this.claims.exp * 1000), Math.max(0, left - ahead));
    }
}
