/** How long the provider may take to answer in a frame, in milliseconds. */
const patience = 10_000;

const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** Why nobody is signed in, in words for the user. `isOver`: the user has to sign in again; otherwise another attempt may succeed. */
export class SignInError extends Error {
    constructor(message, { isOver = false, cause } = {}) {
        super(message, { cause });
        this.isOver = isOver;
    }
}

/** What the provider says in a redirect when only the user can go on (OpenID Connect Core §3.1.2.6). */
const needsUser = ["login_required", "interaction_required", "consent_required", "account_selection_required"];

/**
 * An OpenID provider, of which the pages are a public client: authorization code flow with PKCE (RFC 7636), by the advice
 * of RFC 9700. A grant is `{ token, refreshToken }`, of which the second may be undefined.
 */
export class Provider {
    /** The provider's host, as people know it. */
    name;
    #settings;
    #document = null;

    constructor(settings) {
        this.#settings = settings;
        this.name = new URL(settings.issuer).host;
    }

    /** The one address to which the provider leads back, also where a proxy serves the pages under a path of its own. */
    static get redirectURI() {
        return new URL("signed-in", location.href).href;
    }

    /** The provider that the gateway names; null where there is none. */
    static async find(tenant = new URLSearchParams(location.search).get("tenant")) {
        const query = tenant ? `?${new URLSearchParams({ tenant })}` : "";
        const answer = await fetch(new URL(`api/sign-in${query}`, location.href), { credentials: "omit" });
        const settings = answer.ok ? await answer.json() : {};
        return settings.issuer ? new Provider(settings) : null;
    }

    /**
     * A sign-in that begins: its address, and what has to be kept until the provider has answered.
     *
     * @param asAnother whether the user wants to come as somebody else.
     */
    async begin({ asAnother = false, prompt } = {}) {
        if (!crypto.subtle) throw new SignInError("Signing in needs https. Open this page by its https address.");
        const { authorization_endpoint: endpoint, prompt_values_supported: prompts = [] } = await this.#discover();
        if (asAnother) prompt = prompts.includes("select_account") ? "select_account" : "login";
        const flow = { state: random(), nonce: random(), verifier: random() };
        const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(flow.verifier));
        const { clientId, scope, audience } = this.#settings;
        const url = new URL(endpoint);
        const parameters = {
            response_type: "code", client_id: clientId, redirect_uri: Provider.redirectURI, scope, state: flow.state,
            nonce: flow.nonce, code_challenge: base64url(new Uint8Array(digest)), code_challenge_method: "S256",
            ...(audience ? { audience } : {}), ...(prompt ? { prompt } : {}),
        };
        for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
        return { url: url.href, flow };
    }

    /** The grant that the provider's answer, the query of the redirect, leads to. */
    async finish(query, { state, nonce, verifier }) {
        const answer = new URLSearchParams(query);
        if (answer.get("state") !== state) throw new SignInError("This sign-in was not begun in this tab. Begin it again.");
        // RFC 9207: the answer of another provider than was asked.
        const issuer = answer.get("iss");
        if (issuer !== null && issuer !== this.#settings.issuer) {
            throw new SignInError(`The answer came from another provider than ${this.name}.`);
        }
        const error = answer.get("error");
        if (error) {
            const words = error === "access_denied" ? "" : ` (${answer.get("error_description") ?? error})`;
            throw new SignInError(`${this.name} did not let you in${words}.`, { isOver: needsUser.includes(error) });
        }
        const { idToken, ...grant } = await this.#ask({
            grant_type: "authorization_code", code: answer.get("code") ?? "", redirect_uri: Provider.redirectURI,
            code_verifier: verifier,
        });
        this.#check(idToken, nonce);
        return grant;
    }

    /** A newer grant, without the user: by the refresh token, or in a hidden frame where the provider gives none. */
    async renew({ refreshToken } = {}) {
        if (refreshToken) {
            try {
                const fresh = await this.#ask({ grant_type: "refresh_token", refresh_token: refreshToken });
                // A provider that does not rotate them leaves it out.
                return { token: fresh.token, refreshToken: fresh.refreshToken ?? refreshToken };
            } catch (error) {
                if (!error.isOver) throw error;
            }
        }
        const { url, flow } = await this.begin({ prompt: "none" });
        return this.finish(await answerInFrame(url), flow);
    }

    /** Where the session at the provider ends, and leads back to `/signed-in`; null where it can't be ended. */
    async endAddress() {
        const { end_session_endpoint: endpoint } = await this.#discover();
        if (!endpoint) return null;
        const url = new URL(endpoint);
        // Without `id_token_hint`, since no token is to be in an address: some providers ask the user once more for that.
        url.searchParams.set("client_id", this.#settings.clientId);
        url.searchParams.set("post_logout_redirect_uri", Provider.redirectURI);
        return url.href;
    }

    /** The provider's own description (OpenID Connect Discovery §4), fetched once. */
    async #discover() {
        if (this.#document) return this.#document;
        const { issuer } = this.#settings;
        const found = await this.#fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
        if (found.issuer !== issuer) throw new SignInError(`${this.name} calls itself ${found.issuer}. ${askThem}`);
        // Our content security policy lets this page ask nobody but the issuer.
        if (new URL(found.token_endpoint).origin !== new URL(issuer).origin) {
            throw new SignInError(`${this.name} gives its tokens at another address, which this page may not ask. ${askThem}`);
        }
        this.#document = found;
        return found;
    }

    async #ask(parameters) {
        const { token_endpoint: endpoint } = await this.#discover();
        const { clientId: client_id } = this.#settings;
        const body = new URLSearchParams({ client_id, ...parameters });
        const { access_token: access, id_token: id, refresh_token: refreshToken } = await this.#fetch(endpoint, { method: "POST", body });
        // The gateway reads JWTs. A provider whose access tokens are none means its ID tokens for this.
        const token = isJWT(access) ? access : id;
        if (!token) throw new SignInError(`${this.name} gave no token that Boardcast can read. ${askThem}`);
        return { token, refreshToken, idToken: id };
    }

    async #fetch(url, options = {}) {
        let response;
        try {
            response = await fetch(url, { credentials: "omit", cache: "no-store", redirect: "error", ...options });
        } catch (cause) {
            throw new SignInError(
                `${this.name} gives this page no answer. If it goes on, it may have to be told of the origin ${location.origin}.`,
                { cause });
        }
        const answer = await response.json().catch(() => null);
        if (response.ok && answer) return answer;
        const words = answer?.error_description ?? answer?.error ?? response.status;
        throw new SignInError(`${this.name} refused: ${words}.`, { isOver: answer?.error === "invalid_grant" });
    }

    /** OpenID Connect Core §3.1.3.7; it came from the provider itself, so that its signature need not be looked at (point 6). */
    #check(idToken, nonce) {
        const claims = payload(idToken);
        const audience = [claims?.aud].flat();
        if (!claims || claims.iss !== this.#settings.issuer || !audience.includes(this.#settings.clientId)) {
            throw new SignInError(`The answer of ${this.name} is not for this page.`);
        }
        if (claims.nonce !== nonce) throw new SignInError("This sign-in was answered before. Begin it again.");
    }
}

const askThem = "Tell those who run Boardcast.";
const isJWT = (text) => payload(text) !== null;

function payload(token) {
    try {
        const bytes = Uint8Array.from(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
        return JSON.parse(new TextDecoder().decode(bytes));
    } catch {
        return null;
    }
}

/** The query of the redirect with which the provider answers in a hidden frame. */
function answerInFrame(url) {
    const frame = Object.assign(document.createElement("iframe"), { hidden: true, src: url, title: "" });
    let listener;
    let timer;
    const answered = new Promise((resolve, reject) => {
        listener = ({ source, origin, data }) => {
            if (source === frame.contentWindow && origin === location.origin && data?.signedIn) resolve(data.signedIn);
        };
        timer = setTimeout(() => reject(new SignInError("The provider gave no answer in time.")), patience);
    });
    addEventListener("message", listener);
    document.body.append(frame);
    return answered.finally(() => {
        clearTimeout(timer);
        removeEventListener("message", listener);
        frame.remove();
    });
}
