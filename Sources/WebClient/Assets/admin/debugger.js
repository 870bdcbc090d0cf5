import { rules } from "./claims.js";
import { find, make, setAttribute, setText } from "../shared/dom.js";
import { dateAndTime, fromNow } from "../shared/times.js";
import { decode } from "../shared/token.js";

/** The gateway's leeway unless its settings say otherwise, in seconds. */
const leeway = 30;
const marks = { kept: "✓", broken: "✕", unknown: "–" };
const spoken = { kept: "kept", broken: "broken", unknown: "only the gateway can tell" };

/** Explains a pasted token in the page, and has the gateway verify it on request. */
export class TokenDebugger {
    #own;
    #boards;
    #tenant;
    #input = find("#pasted");
    #verdict = find("#verdict");
    #rows;

    /**
     * @param own gives the claims of the token that this page works with
     * @param boards asks for the ids of the tenant's boards
     * @param tenant asks for the tenant of that token
     */
    constructor(own, boards, tenant) {
        [this.#own, this.#boards, this.#tenant] = [own, boards, tenant];
        this.#rows = new Map(rules.map(({ id, title }) => [id, make("li", { "data-rule": id },
            make("span", { class: "mark", "aria-hidden": "true" }), make("span", {}, title),
            make("span", { class: "unseen" }), make("span", { class: "why" }))]));
        find("#rules").append(...this.#rows.values());
        this.#input.addEventListener("input", () => this.#read());
        find("#debugger").addEventListener("submit", (event) => {
            event.preventDefault();
            this.#ask();
        });
        find("#forget").addEventListener("click", () => this.forget());
        this.#read();
    }

    /** Removes everything of the token from the page. */
    forget() {
        this.#input.value = "";
        this.#read();
    }

    get #token() {
        return this.#input.value.replace(/\s+/g, "").replace(/^Bearer/i, "");
    }

    #read() {
        const token = this.#token;
        this.#judge("", "");
        find("#matching").replaceChildren();
        find("#decoded").hidden = token === "";
        if (token === "") {
            for (const selector of ["#token-header", "#token-claims"]) setText(find(selector), "");
            return;
        }
        const read = decode(token);
        for (const [selector, part] of [["#token-header", read.header], ["#token-claims", read.claims]]) {
            setText(find(selector), part ? JSON.stringify(part, null, 2) : "This part can't be read.");
        }
        const context = { length: token.length, now: Date.now(), leeway, own: this.#own() ?? {} };
        for (const { id, check } of rules) {
            const found = check(read, context);
            if (found === true) this.#mark(id, "kept", "");
            else this.#mark(id, found === null ? "unknown" : "broken", found ?? "");
        }
        const dates = ["iat", "nbf", "exp"].filter((name) => Number.isFinite(read.claims?.[name]));
        find("#token-dates").replaceChildren(...dates.map((name) => {
            const time = read.claims[name] * 1000;
            const isDate = Math.abs(time) <= 8.64e15;
            const words = isDate ? `${dateAndTime(time)}, ${fromNow(time)}` : "beyond all calendars";
            return make("li", {}, make("code", {}, name), ` ${words}`);
        }));
    }

    #mark(id, state, why) {
        const row = this.#rows.get(id);
        setAttribute(row, "data-state", state);
        const [mark, , words, reason] = row.children;
        setText(mark, marks[state]);
        setText(words, `: ${spoken[state]}`);
        setText(reason, why);
    }

    #judge(state, text) {
        setAttribute(this.#verdict, "data-state", state);
        setText(this.#verdict, text);
    }

    async #ask() {
        const token = this.#token;
        if (token === "") return this.#input.focus();
        this.#judge("asking", "Asking the gateway…");
        try {
            // Not through the client, which would try another token after a refusal.
            const ask = (path) => fetch(path, {
                headers: { Authorization: `Bearer ${token}` }, cache: "no-store", credentials: "omit",
            });
            const answer = await ask("api/boards");
            const body = await answer.json();
            if (token !== this.#token) return;
            if (!answer.ok) return this.#refused(answer.status, body);
            const session = await (await ask("api/session")).json();
            if (token === this.#token) await this.#accepted(token, body.items.map(({ id }) => id), session);
        } catch (error) {
            if (token === this.#token) this.#judge("unknown", `The gateway gave no answer (${error.message}).`);
        }
    }

    #refused(status, { detail, rule: id, remedy }) {
        if (status !== 401) return this.#judge("unknown", `The gateway did not judge it: ${detail}`);
        this.#judge("refused", `Refused: ${remedy ? `${detail}; ${remedy}` : detail}.`);
        const rule = rules.find((one) => one.id === id);
        if (rule) this.#mark(id, "broken", `the gateway: ${detail}`);
        // The gateway checks the claims only when the signature is valid.
        const place = rules.indexOf(rule);
        if (place > rules.findIndex(({ id }) => id === "signature")) this.#mark("signature", "kept", "");
    }

    async #accepted(token, visible, { tenant, role, tenantBecause, roleBecause }) {
        for (const { id } of rules) this.#mark(id, "kept", "");
        this.#mark("tenant", "kept", `${tenant}: ${tenantBecause}`);
        const ours = await this.#tenant().catch(() => this.#own()?.tenant);
        if (token !== this.#token) return;
        if (tenant !== ours) {
            this.#mark("tenant", "other", `${tenant}, not ${ours ?? "the one of this page"}: ${tenantBecause}`);
            this.#judge("other", `Good, but of another tenant: ${tenant}. It opens nothing of ${ours ?? "this one"}.`);
            return this.#match(visible, visible);
        }
        this.#judge("good", `Good: the gateway accepts it, as ${role}, for ${roleBecause}.`);
        const boards = await this.#boards().catch(() => visible);
        if (token === this.#token) this.#match(boards, visible);
    }

    /** Shows which of `boards` the token allows: those in `visible`. */
    #match(boards, visible) {
        const named = decode(this.#token).claims.boards ?? [];
        const gone = named.filter((id) => !boards.includes(id));
        const row = (id, state, words) => make("li", { "data-state": state },
            make("span", { class: "mark", "aria-hidden": "true" }, marks[state]), make("code", {}, id), ` ${words}`);
        find("#matching").replaceChildren(make("h3", {}, "Boards"), make("ul", { class: "checks" },
            ...boards.map((id) => visible.includes(id) ? row(id, "kept", "opens") : row(id, "broken", "does not open")),
            ...gone.map((id) => row(id, "unknown", "is named, but there is no such board"))));
    }
}
