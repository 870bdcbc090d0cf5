/** A part of a token that is an object of JSON in base64url; undefined when it is none. */
function decodePart(part) {
    if (!/^[A-Za-z0-9_-]*$/.test(part)) return undefined;
    try {
        const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
        const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
        return value !== null && typeof value === "object" && !Array.isArray(value) ? value : undefined;
    } catch {
        return undefined;
    }
}

/** The claims of a token, unverified: for display, warnings and explanations, never for decisions. */
export function decode(token) {
    const parts = token.split(".");
    return { parts: parts.length, header: decodePart(parts[0]), claims: decodePart(parts[1] ?? "") };
}
