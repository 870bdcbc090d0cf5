import { find, setText } from "../shared/dom.js";
import { Credentials } from "../shared/credentials.js";
import { offerProvider, onSignIn, promptForToken, refusalOf } from "../shared/sign-in.js";
import { decode } from "../shared/token.js";

const panel = find("#sign-in");

/** Who the user is: the token of this tab, for which the user is asked when there is none. */
export class Session {
    #credentials;
    #changed;
    #refused = false;
    #role = null;
    /** Whether the gateway has taken a token in this visit. */
    #wasIn = false;

    /** `changed()` is called with every new token, `ending(time)` when it runs out soon and is not renewed. */
    constructor({ changed, ending }) {
        this.#changed = changed;
        this.#credentials = new Credentials({ renewed: () => this.#renewed(), left: () => location.reload(), ending });
        onSignIn((token) => this.use(token));
        offerProvider(this.#credentials);
        // Without a board to return to, the panel can't be dismissed.
        panel.addEventListener("cancel", (event) => document.body.hasAttribute("data-out") && event.preventDefault());
    }

    get token() {
        return this.#credentials.token;
    }

    /** The token for the next call, renewed when it ends soon. */
    fresh() {
        return this.#credentials.fresh();
    }

    /** Opens the board with a token that was given, the link or the provider; otherwise with that of a tab that is open. */
    async begin({ token, link }) {
        const notice = this.#credentials.takeNotice();
        if (token) return this.use(token);
        if (notice) return this.ask(notice);
        let trouble = "";
        if (link) await this.#credentials.open(link).catch(({ message }) => { trouble = message; });
        if (this.token !== null || await this.#credentials.borrow()) return this.#enter();
        this.ask(trouble);
    }

    /** The token's claims, unverified: for display and warnings, never for decisions. */
    get claims() {
        return this.token === null ? null : decode(this.token).claims ?? null;
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

    /** Whether the token is the provider's. */
    get isOfProvider() {
        return this.#credentials.isRenewable;
    }

    /** Forgets the token, and asks for another; or leaves for the provider, where the user has a session, too. */
    async end() {
        [this.#role, this.#wasIn] = [null, false];
        if (!await this.#credentials.signOut()) this.ask();
    }

    use(token) {
        this.#credentials.replace(token);
        this.#enter();
    }

    #enter() {
        this.#role = null;
        this.#refused = false;
        if (panel.open) panel.close();
        document.body.removeAttribute("data-out");
        this.#changed();
    }

    /** Asks for another token, since the server has refused this one with `error` of the SDK. */
    async refuse(error) {
        const provider = await this.#credentials.provider;
        const [isRenewable, claims] = [this.#credentials.isRenewable, this.claims];
        if (!this.#refused) this.#credentials.refuse();
        this.#refused = true;
        const heading = this.#wasIn ? "Sign in again" : "Open a board";
        if (isRenewable) {
            const { why, ...more } = refusalOf(error ?? {}, { provider, claims });
            return this.ask(why, this.#wasIn ? heading : "You can't be let in", more);
        }
        const why = error?.detail ?? "";
        this.ask(why && `${why[0].toUpperCase()}${why.slice(1)}.`, heading);
    }

    ask(why = "", heading = "Open a board", more = {}) {
        setText(find("#sign-in-title"), heading);
        // Who was never in sees no board; who was in does not lose sight of what is not sent yet.
        document.body.toggleAttribute("data-out", !this.#wasIn);
        if (!panel.open) panel.showModal();
        promptForToken(why, more);
    }

    #renewed() {
        this.#refused = false;
        if (panel.open && this.#wasIn) panel.close();
        this.#changed();
    }
}
