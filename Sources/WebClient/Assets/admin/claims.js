const algorithms = /^(?:[HRPE]S(?:256|384|512)|EdDSA|Ed25519)$/;
const isText = (value) => typeof value === "string";
const bytesOf = (text) => new TextEncoder().encode(text).length;
const holds = (object, ...names) => names.some((name) => Object.hasOwn(object, name));

/**
 * The rules that a token must keep, in the gateway's order: `{ id, title, check }`.
 *
 * `id` is what the gateway calls the rule in its refusals (`rule`). `check(token, context)` is what this page can find
 * out by itself: true, or what is wrong, or null when only the gateway knows. The context:
 * `{ length, now, leeway, own }`, with the claims of a token that is known to be valid.
 */
export const rules = [
    {
        id: "shape", title: "Three parts of base64url",
        check: ({ parts }, { length }) =>
            // The gateway's bound is a setting; this is its default.
            parts !== 3 ? `${parts} ${parts === 1 ? "part" : "parts"}` : length > 16384 ? "longer than 16 KiB" : true,
    },
    {
        id: "header", title: "A header that can be read",
        check: ({ header }) => {
            if (!header) return "not a JSON object";
            if (holds(header, "crit") || header.b64 === false) return "demands an extension (crit, b64)";
            if (holds(header, "enc", "zip")) return "encrypted or compressed";
            if (holds(header, "typ") && !/^(?:application\/)?(?:at\+)?jwt$/i.test(header.typ)) {
                return "typ is neither JWT nor at+jwt";
            }
            return holds(header, "kid") && !isText(header.kid) ? "kid is not a string" : true;
        },
    },
    {
        id: "algorithm", title: "An algorithm that is allowed (alg)",
        check: ({ header }) => !header ? null
            : algorithms.test(header.alg) ? true : `${header.alg ?? "none"} is not supported`,
    },
    {
        id: "payload", title: "Claims that can be read",
        check: ({ claims }) => claims ? true : "not a JSON object",
    },
    { id: "signature", title: "Signed with a key of the gateway", check: () => null },
    {
        id: "expiry", title: "Not expired (exp)",
        check: ({ claims }, { now, leeway }) => {
            if (!claims) return null;
            if (!holds(claims, "exp")) return "exp is missing";
            if (!Number.isFinite(claims.exp)) return "exp is not a number of seconds";
            return now < (claims.exp + leeway) * 1000 ? true : "expired";
        },
    },
    {
        id: "beginning", title: "Issued and valid already (iat, nbf)",
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
        id: "issuer", title: "From the issuer that is expected (iss)",
        check: ({ claims }) => claims && holds(claims, "iss") && !isText(claims.iss) ? "iss is not a string" : null,
    },
    { id: "audience", title: "For this audience (aud)", check: () => null },
    {
        id: "subject", title: "Says whose it is (sub)",
        check: ({ claims }) => !claims ? null
            : isText(claims.sub) && claims.sub !== "" && bytesOf(claims.sub) <= 255 ? true
                : Number.isInteger(claims.sub) ? true : "sub must be 1 to 255 bytes or a whole number",
    },
    {
        id: "tenant", title: "Of a tenant",
        check: ({ claims }, { own }) => {
            // The claim's name is the gateway's setting; `tenant` is its default.
            if (!claims || !holds(own, "tenant") && !holds(claims, "tenant")) return null;
            // A list, an object, or none at all may be enough, by the gateway's settings.
            if (!isText(claims.tenant)) return null;
            return /^[A-Za-z0-9._-]{1,64}$/.test(claims.tenant) ? true : "tenant names none";
        },
    },
    {
        id: "boards", title: "Boards as a list (boards)",
        check: ({ claims }) => !claims ? null
            : !holds(claims, "boards") || Array.isArray(claims.boards) && claims.boards.every(isText) ? true
                : "not a list of ids",
    },
    {
        id: "id", title: "Not revoked (jti, sub, iat)",
        check: ({ claims }) => claims && holds(claims, "jti") && !isText(claims.jti) ? "jti is not a string" : null,
    },
];
