const name = "boardcast.token";

/** The token outlives a reload of this tab where the browser has storage for it; the board's page finds it there. */
function stored(method, ...value) {
    try {
        return sessionStorage[method](name, ...value);
    } catch {
        return null;
    }
}

export const keepToken = (token) => stored("setItem", token);
export const forgetToken = () => stored("removeItem");

/** Takes the token out of `#token=…` and out of the address bar; without one there, that of this tab. */
export function takeToken() {
    const fragment = new URLSearchParams(location.hash.slice(1));
    const token = fragment.get("token")?.trim();
    if (fragment.has("token")) history.replaceState(null, "", location.pathname + location.search);
    return token || stored("getItem");
}
