const algorithms = /^(?:[HRPE]S(?:256|384|512)|EdDSA)$/;
const roles = ["viewer", "member", "service", "admin"];
const isText = (value) => typeof value === "string";
const bytesOf = (text) => new TextEncoder().encode(text).length;
const holds = (object, ...names) => names.some((name) => Object.hasOwn(object, name));

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

/** What a token says, not believed; a part that can't be read is undefined. */
export function decode(token) {
    const parts = token.split(".");
    return { parts: parts.length, header: decodePart(parts[0]), claims: decodePart(parts[1] ?? "") };
}

/**
 * The rules that a token must keep, in the gateway's order: `{ id, title, says, check }`.
 *
 * `says` is how the gateway's own words for a broken one are known. `check(token, context)` is what this page can tell
 * by itself: true, or what is wrong, or null when only the gateway knows. The context: `{ length, now, leeway, own }`,
 * with the claims of a token that is known to be good.
 */
export const rules = [
    {
        id: "shape", title: "Three parts of base64url", says: /three parts|base64url|longer than 8 KiB/,
        check: ({ parts }, { length }) =>
            parts !== 3 ? `${parts} ${parts === 1 ? "part" : "parts"}` : length > 8192 ? "longer than 8 KiB" : true,
    },
    {
        id: "header", title: "A header that can be read",
        says: /header (?:is|demands|brings)|header's|unencoded|encrypted/,
        check: ({ header }) => {
            if (!header) return "not a JSON object";
            if (holds(header, "crit") || header.b64 === false) return "demands an extension (crit, b64)";
            if (holds(header, "jwk", "jku", "x5u", "x5c")) return "brings a key of its own";
            if (holds(header, "enc", "zip")) return "encrypted or compressed";
            if (holds(header, "typ") && !/^(?:at\+)?jwt$/i.test(header.typ)) return "typ is neither JWT nor at+jwt";
            return holds(header, "kid") && !isText(header.kid) ? "kid is not a string" : true;
        },
    },
    {
        id: "algorithm", title: "An algorithm that is allowed (alg)",
        says: /algorithm that is not|names no algorithm|not signed/,
        check: ({ header }) => !header ? null
            : algorithms.test(header.alg) ? true : `${header.alg ?? "none"} is not supported`,
    },
    {
        id: "payload", title: "Claims that can be read", says: /payload is/,
        check: ({ claims }) => claims ? true : "not a JSON object",
    },
    { id: "signature", title: "Signed with a key of the gateway", says: /no key fits|signature/, check: () => null },
    {
        id: "expiry", title: "Not expired (exp)", says: /expired|exp is missing|exp, nbf and iat/,
        check: ({ claims }, { now, leeway }) => {
            if (!claims) return null;
            if (!holds(claims, "exp")) return "exp is missing";
            if (!Number.isFinite(claims.exp)) return "exp is not a number of seconds";
            return now < (claims.exp + leeway) * 1000 ? true : "expired";
        },
    },
    {
        id: "beginning", title: "Issued and valid already (iat, nbf)", says: /not valid yet|issued in the future/,
        check: ({ claims }, { now, leeway }) => {
            for (const name of claims ? ["nbf", "iat"] : []) {
                if (!holds(claims, name)) continue;
                if (!Number.isFinite(claims[name])) return `${name} is not a number of seconds`;
                if (now < (claims[name] - leeway) * 1000) return `${name} is in the future`;
            }
            return claims ? true : null;
        },
    },
    {
        id: "issuer", title: "From the issuer that is expected (iss)", says: /^iss /,
        check: ({ claims }) => claims && holds(claims, "iss") && !isText(claims.iss) ? "iss is not a string" : null,
    },
    { id: "audience", title: "For this audience (aud)", says: /^aud /, check: () => null },
    {
        id: "subject", title: "Says whose it is (sub)", says: /^sub /,
        check: ({ claims }) => !claims ? null
            : isText(claims.sub) && claims.sub !== "" && bytesOf(claims.sub) <= 255 ? true
                : "sub must be 1 to 255 bytes",
    },
    {
        id: "tenant", title: "Of a tenant", says: /tenant/,
        check: ({ claims }, { own }) => {
            // The claim's name is the gateway's setting; `tenant` is the one that it has by itself.
            if (!claims || !holds(own, "tenant") && !holds(claims, "tenant")) return null;
            return isText(claims.tenant) && /^[A-Za-z0-9._-]{1,64}$/.test(claims.tenant) ? true : "tenant names none";
        },
    },
    {
        id: "role", title: "A role that there is (role)", says: /^role /,
        check: ({ claims }) => !claims ? null
            : !holds(claims, "role") || roles.includes(claims.role) ? true : `must be one of ${roles.join(", ")}`,
    },
    {
        id: "boards", title: "Boards as a list (boards)", says: /^boards /,
        check: ({ claims }) => !claims ? null
            : !holds(claims, "boards") || Array.isArray(claims.boards) && claims.boards.every(isText) ? true
                : "not a list of ids",
    },
    {
        id: "id", title: "Not revoked (jti, sub, iat)", says: /revoked|^jti /,
        check: ({ claims }) => claims && holds(claims, "jti") && !isText(claims.jti) ? "jti is not a string" : null,
    },
];
