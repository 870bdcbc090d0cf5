import { Provider, SignInError } from "./provider.js";
import { storedFlow, storedGrant, storedNotice, storedToken } from "./stored.js";
import { decode } from "./token.js";

/** How long before its end a token is renewed, in milliseconds; of a short life earlier, by this part of it. */
const [ahead, part] = [90_000, 0.6];
/** The same for the warning that it ends: of a token that can't be renewed, and of one that should have been. */
const [warning, lateWarning, latePart] = [120_000, 30_000, 0.2];
/** How long a new tab waits for others that may have a token. */
const patience = 400;
const againAfter = 10_000;

/**
 * The token of this tab, and where it comes from: what the user gave, a printed link, another tab, or an OpenID provider,
 * with which it is renewed before it ends. It is kept in memory and in session storage.
 */
export class Credentials {
    #token = storedToken.get();
    #provider;
    /** What has become of `#provider`; undefined until that is known. */
    #found;
    #told;
    #receivedAt = Date.now();
    /** Whether the gateway does not take it any more; the user's name is still told by it. */
    #isRefused = false;
    #renewing = null;
    #timer = null;
    #warner = null;
    #others = new BroadcastChannel("boardcast.token");

    /**
     * `renewed()` is called with each newer token of the same user; `left()` when the user signed out in another tab;
     * `ending(time)` when the token ends soon and is not renewed.
     */
    constructor(told) {
        this.#told = { ending() {}, ...told };
        this.#provider = Provider.find().catch(() => null);
        this.#provider.then((provider) => { this.#found = provider; this.#schedule(); });
        this.#others.addEventListener("message", ({ data }) => this.#hear(data));
    }

    get token() {
        return this.#token;
    }

    /** The OpenID provider; null where there is none. */
    get provider() {
        return this.#provider;
    }

    /** Whether the token came from the provider, and is renewed there. */
    get isRenewable() {
        return Boolean(this.#found) && !this.#isRefused && storedGrant.get() !== null;
    }

    /** A text for the user from the page where the provider leads back to; empty without one. */
    takeNotice() {
        const notice = storedNotice.get() ?? "";
        storedNotice.remove();
        return notice;
    }

    /** The token for the next call: renewed when it ends soon. */
    async fresh() {
        if (this.#token === null || storedGrant.get() === null || this.#remaining() > this.#ahead()) return this.#token;
        if (await this.#provider === null || this.#isRefused) return this.#token;
        // The old one may be good for a while.
        await this.renew().catch(() => {});
        return this.#token;
    }

    use(token) {
        [this.#token, this.#isRefused] = [token, false];
        this.#receivedAt = Date.now();
        storedToken.set(token);
        this.#schedule();
    }

    /** Takes a token that is no renewal: from the user, a link, or another tab. */
    replace(token) {
        if (token !== this.#token) storedGrant.remove();
        this.use(token);
    }

    /** The gateway has refused it: no reload and no other tab shall have it. */
    refuse() {
        for (const timer of [this.#timer, this.#warner]) clearTimeout(timer);
        this.#isRefused = true;
        storedToken.remove();
        storedGrant.remove();
    }

    forget() {
        this.refuse();
        this.#token = null;
    }

    /** Leaves for the provider; it leads back to where the user is now. */
    async signIn(how) {
        const provider = await this.#provider;
        const { url, flow } = await provider.begin(how);
        const back = location.pathname + location.search + location.hash;
        storedFlow.put({ ...flow, tenant: tenant(), back });
        location.assign(url);
    }

    /** Forgets the token, in all tabs of its user, and ends the session at the provider; true when that leaves the page. */
    async signOut() {
        await this.#provider;
        const [isOfProvider, user] = [this.isRenewable, userOf(this.#token)];
        this.forget();
        if (!isOfProvider) return false;
        this.#others.postMessage({ left: user });
        const address = await this.#found.endAddress().catch(() => null);
        if (address !== null) location.assign(address);
        return address !== null;
    }

    /** The token of a link that was printed. Throws with words for the user when the link is used. */
    async open(code) {
        const answer = await fetch(new URL(`api/link?${new URLSearchParams({ code })}`, location.href), { method: "POST" });
        if (!answer.ok) throw new SignInError("This link was used already. The terminal shows a new one.");
        this.replace((await answer.json()).token);
    }

    /** Asks the tabs that are open here for their token; true when one has given it. */
    async borrow() {
        const given = new Promise((resolve) => {
            const listen = ({ data }) => {
                if (data.token === undefined) return;
                this.#others.removeEventListener("message", listen);
                resolve(data);
            };
            this.#others.addEventListener("message", listen);
            setTimeout(() => resolve(null), patience);
        });
        this.#others.postMessage({ wanted: true, tenant: tenant() });
        const found = await given;
        if (!found) return false;
        // The refresh token stays where it is: two that use it would be taken for thieves (RFC 9700 §4.14.2).
        if (found.isOfProvider) storedGrant.put({});
        this.use(found.token);
        return true;
    }

    /** Gets a newer token from the provider; once for all who wait. */
    renew() {
        this.#renewing ??= this.#renew().finally(() => { this.#renewing = null; });
        return this.#renewing;
    }

    async #renew() {
        const before = this.#token;
        try {
            const { token, refreshToken } = await this.#found.renew(storedGrant.get() ?? {});
            if (this.#token !== before) return;
            storedGrant.put({ refreshToken });
            const isSame = userOf(token) === userOf(before);
            this.use(token);
            if (isSame) this.#told.renewed();
            else location.reload();
        } catch (error) {
            if (!error.isOver && this.#token === before && this.#remaining() > 0) {
                this.#timer = setTimeout(() => this.renew().catch(() => {}), againAfter);
            }
            throw error;
        }
    }

    #hear({ wanted, tenant: theirs, left }) {
        if (wanted && theirs === tenant() && this.#token !== null && !this.#isRefused && this.#remaining() > 0) {
            this.#others.postMessage({ token: this.#token, isOfProvider: storedGrant.get() !== null });
        }
        if (left !== undefined && this.#token !== null && left === userOf(this.#token)) {
            this.forget();
            this.#told.left();
        }
    }

    #schedule() {
        for (const timer of [this.#timer, this.#warner]) clearTimeout(timer);
        if (this.#token === null || this.#found === undefined) return;
        const [end, life] = [this.#end(), this.#end() - this.#receivedAt];
        this.#warner = after(this.#remaining() - (this.isRenewable ? Math.min(lateWarning, life * latePart) : warning),
            () => this.#told.ending(end));
        if (this.isRenewable) this.#timer = after(this.#remaining() - this.#ahead(), () => this.renew().catch(() => {}));
    }

    /** Milliseconds that the token is good for. */
    #remaining() {
        return this.#end() - Date.now();
    }

    #ahead() {
        return Math.min(ahead, (this.#end() - this.#receivedAt) * part);
    }

    #end() {
        return (decode(this.#token).claims?.exp ?? Infinity) * 1000;
    }
}

/** A timer can't exceed 24 days; after that, the gateway's refusal informs the user. */
function after(milliseconds, action) {
    return milliseconds < 2 ** 31 ? setTimeout(action, Math.max(0, milliseconds)) : null;
}

/** Whose page this is, where people of a tenant sign in at a provider of their own: `/?tenant=acme`. */
const tenant = () => new URLSearchParams(location.search).get("tenant");

function userOf(token) {
    const { iss = "", sub = "" } = (token && decode(token).claims) ?? {};
    return JSON.stringify([iss, sub]);
}
