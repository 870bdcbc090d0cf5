import { callView } from "./call-view.js";
import { Description } from "./description.js";
import { breakable, prose } from "./texts.js";
import { find, findAll, make, setText } from "../shared/dom.js";
import { onSignIn, promptForToken } from "../shared/sign-in.js";
import { storedToken } from "../shared/stored.js";
import { decode } from "../shared/token.js";

/** The token in use; null without one. */
let token = null;

function use(given) {
    token = given || null;
    if (token === null) storedToken.remove();
    else storedToken.set(token);
    const claims = token === null ? {} : decode(token).claims ?? {};
    setText(find("#who"), token === null ? "" : [claims.sub, claims.tenant].filter(Boolean).join(" · ") || "With a token");
    setText(find("#why"), "");
    find("#sign-in").hidden = token !== null;
    find("#sign-out").hidden = token === null;
}

/** Takes the token out of `#token=…` and out of the address bar; without one there, that of this tab. */
function takeToken() {
    const fragment = new URLSearchParams(location.hash.slice(1));
    if (fragment.has("token")) history.replaceState(null, "", location.pathname + location.search);
    return fragment.get("token")?.trim() || storedToken.get();
}

function askForToken() {
    find("#sign-in").hidden = false;
    promptForToken("To send this, paste a token first.");
}

function show(description) {
    find("#about").append(...prose(description.about));
    // What needs no token is there for machines, and comes last.
    const isOpen = ([, calls]) => calls.every((call) => call.isOpen);
    const groups = [...Map.groupBy(description.calls, ({ tag }) => tag)];
    for (const [tag, calls] of groups.toSorted((one, other) => isOpen(one) - isOpen(other))) {
        find("#calls").append(make("section", { "aria-label": tag }, make("h2", { text: tag }),
            ...calls.map((call) => callView(call, description, () => token, askForToken))));
        find("#index").append(make("section", {}, make("h2", { text: tag }), make("ul", {}, ...calls.map((call) =>
            make("li", { "data-call": call.id }, make("a", { href: `#${call.id}` },
                make("span", { class: "method", "data-method": call.method, text: call.method.toUpperCase() }),
                make("span", {}, ...breakable(call.path))))))));
    }
    return description.calls;
}

/** Shows the calls in which every word that was typed occurs. */
function search(calls) {
    const typed = find("#search input").value.toLowerCase().split(/\s+/).filter(Boolean);
    const isFound = ({ id, method, path, summary, parameters }) => {
        const text = [id, method, path, summary, ...parameters.map(({ name }) => name)].join(" ").toLowerCase();
        return typed.every((word) => text.includes(word));
    };
    const found = new Set(calls.filter(isFound).map(({ id }) => id));
    for (const { id } of calls) {
        document.getElementById(id).hidden = !found.has(id);
        find(`[data-call="${id}"]`).hidden = !found.has(id);
    }
    for (const section of findAll("section")) {
        section.hidden = findAll("details.call, [data-call]", section).every((one) => one.hidden);
    }
    setText(find("#found"), typed.length === 0 ? "" : `${found.size} of ${calls.length} calls`);
}

/** Opens the call that the address names. */
function turn() {
    const call = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!call?.matches("details.call")) return;
    call.hidden = call.parentElement.hidden = false;
    call.open = true;
    call.scrollIntoView();
    find("summary", call).focus({ preventScroll: true });
}

async function start() {
    use(takeToken());
    onSignIn(use);
    find("#sign-out").addEventListener("click", () => {
        use(null);
        find("#token").focus();
    });
    try {
        const response = await fetch(new URL("openapi.json?version=3.2", location.href));
        if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
        const calls = show(new Description(await response.json()));
        find("#search").addEventListener("input", () => search(calls));
    } catch (error) {
        setText(find("#trouble"), `The description could not be loaded: ${error.message}`);
        return;
    }
    find("#search").addEventListener("submit", (event) => event.preventDefault());
    addEventListener("keydown", (event) => {
        if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.target.matches("input, textarea, select")) return;
        event.preventDefault();
        find("#search input").select();
    });
    addEventListener("hashchange", turn);
    turn();
}

start();
