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

/** Shows why a token is needed, and focuses the field for it. */
export function promptForToken(why) {
    setText(find("#why"), why);
    find("#token").focus();
}
