import { Provider, SignInError } from "./provider.js";
import { storedFlow, storedGrant, storedNotice, storedToken } from "./stored.js";

/** Where the provider leads back to: finishes what was begun in this tab, and goes on to where the user was. */
async function finish() {
    const flow = storedFlow.take();
    // Of a sign-out, or a visit by hand.
    if (location.search === "" && !flow) return "./";
    try {
        if (!flow) throw new SignInError("This sign-in was not begun in this tab, or is answered already. Begin it again.");
        const provider = await Provider.find(flow.tenant);
        if (!provider) throw new SignInError("Nobody signs in here any more.");
        const { token, refreshToken } = await provider.finish(location.search, flow);
        storedToken.set(token);
        storedGrant.put({ refreshToken });
    } catch (error) {
        storedNotice.set(error.message);
    }
    return flow?.back ?? "./";
}

// In a frame, the page around it goes on.
if (parent !== window) parent.postMessage({ signedIn: location.search || "?" }, location.origin);
// Replaced, so that the provider's answer is not in the tab's history.
else location.replace(await finish());
