import { find, setText } from "./dom.js";

/** Has the page's form `#sign-in` call `given(token)` with each token that the user pastes; it forgets it at once. */
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

/** Says why a token is asked for, and puts the user where it is pasted. */
export function promptForToken(why) {
    setText(find("#why"), why);
    find("#token").focus();
}
