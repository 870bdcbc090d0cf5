import { find, setText } from "./dom.js";

/** Calls `given(token)` with each token that the user pastes into the form `#sign-in`, which is then cleared. */
export function onSignIn(given) {
    const panel = find("#sign-in");
    const form = panel.matches("form") ? panel : find("form", panel);
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        const token = find("#token").value.trim();
        find("#token").value = "";
        if (token) given(token);
    });
}

/** Offers to sign in at the provider, if there is one; a token can be given below. */
export async function offerProvider(credentials) {
    const provider = await credentials.provider;
    if (!provider) return;
    const [button, byToken] = [find("#provider button"), find("#by-token")];
    button.dataset.name = provider.name;
    nameWay(button);
    button.addEventListener("click", async () => {
        button.disabled = true;
        // Who was refused has to be able to come as somebody else.
        await credentials.signIn({ asAnother: button.hasAttribute("data-again") }).catch((error) => promptForToken(error.message));
        button.disabled = false;
    });
    find("#provider").hidden = false;
    byToken.open = false;
    find("summary", byToken).hidden = false;
    if (find("#sign-in").checkVisibility()) focusWay();
}

/**
 * Shows why a token is needed, and focuses the way to one.
 *
 * @param because the same for those who run the gateway; empty where there is nothing to add.
 * @param asAnother whether the user has to come as somebody else.
 */
export function promptForToken(why, { because = "", asAnother = false } = {}) {
    setText(find("#why"), why);
    const button = find("#provider button");
    // A page that knows only tokens has neither.
    if (button) {
        setText(find("#because"), because);
        button.toggleAttribute("data-again", asAnother);
        nameWay(button);
    }
    focusWay();
}

function nameWay(button) {
    setText(button, button.hasAttribute("data-again") ? "Sign in as somebody else" : `Sign in with ${button.dataset.name}`);
}

function focusWay() {
    find(find("#provider:not([hidden])") ? "#provider button" : "#token").focus();
}

/**
 * What a refused token means to the user who got it from a provider: `{ why, because, asAnother }`.
 *
 * @param error of the SDK; its `problem` names the rule that the token broke.
 */
export function refusalOf({ problem, detail }, { provider, claims }) {
    const who = claims?.email ?? claims?.preferred_username ?? claims?.name ?? claims?.sub;
    const because = `For those who run Boardcast: ${[detail, problem?.remedy].filter(Boolean).join("; ")}.`;
    const sorry = `${provider.name} knows you${who ? ` as ${who}` : ""}, but`;
    const ask = "Ask those who run Boardcast to change that.";
    switch (problem?.rule) {
    case "tenant":
        return { why: `${sorry} not which team's boards are yours. ${ask}`, because, asAnother: true };
    case "role": case "boards":
        return { why: `${sorry} not what you may do here. ${ask}`, because, asAnother: true };
    case "expiry":
        return { why: "Your session has ended. Sign in, and you are back where you were.", because: "" };
    case "id": case "issuer": case "audience": case "signature": case "algorithm": case "header":
        return { why: `You signed in at ${provider.name}, but Boardcast does not take its token. ${ask}`, because, asAnother: true };
    default:
        return { why: "Your session has ended. Sign in, and you are back where you were.", because };
    }
}
