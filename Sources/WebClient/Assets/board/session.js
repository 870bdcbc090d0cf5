import { find, setText } from "../shared/dom.js";
import { onSignIn, promptForToken } from "../shared/sign-in.js";
import { storedToken } from "../shared/stored.js";
import { decode } from "../shared/token.js";

const panel = find("#sign-in");
/** How long before the token expires the user is warned, in milliseconds. */
const ahead = 120_000;

/** The token of this tab. It is kept in memory and in session storage; the user is asked for one when there is none. */
export class Session {
    #token = null;
    #changed;
    #ending;
    #refused = false;
    #role = null;
    /** Whether the gateway has taken a token in this visit. */
    #wasIn = false;
    #timer = null;

    /** `changed()` is called with every token that the user gives, `ending(time)` when it runs out soon. */
    constructor({ changed, ending }) {
        [this.#changed, this.#ending] = [changed, ending];
        this.#token = storedToken.get();
        this.#watch();
        onSignIn((token) => this.use(token));
        // Without a board to return to, the panel can't be dismissed.
        panel.addEventListener("cancel", (event) => document.body.hasAttribute("data-out") && event.preventDefault());
    }

    get token() {
        return this.#token;
    }

    /** The token's claims, unverified: for display and warnings, never for decisions. */
    get claims() {
        return this.#token === null ? null : decode(this.#token).claims ?? null;
    }

    /** The user's name for what is kept in the browser, where several may sign in. */
    get owner() {
        const { iss = "", tenant = "", sub = "" } = this.claims ?? {};
        return encodeURIComponent(JSON.stringify([iss, tenant, sub]));
    }

    /** The role that the gateway makes of the token, which its settings decide; until that is known, the claim. */
    get role() {
        return this.#role ?? this.claims?.role;
    }

    get mayWrite() {
        return this.role !== "viewer";
    }

    learn(role) {
        this.#wasIn = true;
        this.#role = role;
    }

    get mayAdminister() {
        return this.role === "admin";
    }

    /** Forgets the token, and asks for another. */
    end() {
        storedToken.remove();
        [this.#token, this.#role, this.#wasIn] = [null, null, false];
        this.#watch();
        this.ask();
    }

    use(token) {
        this.#token = token;
        this.#role = null;
        this.#refused = false;
        storedToken.set(token);
        this.#watch();
        if (panel.open) panel.close();
        document.body.removeAttribute("data-out");
        this.#changed();
    }

    /** Asks for another token, since the server has refused this one. */
    refuse(why) {
        if (!this.#refused) storedToken.remove();
        this.#refused = true;
        this.ask(why && `${why[0].toUpperCase()}${why.slice(1)}.`, this.#wasIn ? "Sign in again" : "Open a board");
    }

    ask(why = "", heading = "Open a board") {
        setText(find("#sign-in-title"), heading);
        // Who was never in sees no board; who was in does not lose sight of what is not sent yet.
        document.body.toggleAttribute("data-out", !this.#wasIn);
        if (!panel.open) panel.showModal();
        promptForToken(why);
    }

    #watch() {
        clearTimeout(this.#timer);
        const left = this.claims?.exp * 1000 - Date.now();
        // A timer can't exceed 24 days; after that, the refusal informs the user.
        if (left < 2 ** 31) this.#timer = setTimeout(() => this.#ending(this.claims.exp * 1000), Math.max(0, left - ahead));
    }
}
