import { quote } from "../admin/curl.js";

/**
 * A request as a form describes it.
 *
 * @param call of a `Description`
 * @param values what was filled in, by the parameter's name; empty ones are left out
 * @param body text, or a file, or null
 * @param type the body's media type
 */
export function requestOf(call, base, values, body, type) {
    const given = call.parameters.filter(({ name }) => (values[name] ?? "") !== "");
    const path = call.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? ""));
    const url = new URL(path.slice(1), base);
    for (const { name } of given.filter((one) => one.in === "query")) {
        for (const value of [values[name]].flat()) url.searchParams.append(name, value);
    }
    const headers = Object.fromEntries(given.filter((one) => one.in === "header").map(({ name }) => [name, values[name]]));
    if (body !== null) headers["Content-Type"] = type;
    return { method: call.method.toUpperCase(), url: String(url), headers, body, isOpen: call.isOpen, isStream: call.isStream };
}

/** The same for a shell. The token is a variable, not written out, since copied text ends up in histories and chats. */
export function curlOf({ method, url, headers, body, isOpen, isStream }) {
    const words = ["curl"];
    if (isStream) words.push("-N");
    if (method !== "GET") words.push("-X", method);
    words.push(quote(url));
    if (!isOpen) words.push("-H", '"Authorization: Bearer $BOARDCAST_TOKEN"');
    for (const [name, value] of Object.entries(headers)) words.push("-H", quote(`${name}: ${value}`));
    if (body instanceof Blob) words.push("--data-binary", quote(`@${body.name}`));
    else if (body !== null) words.push("--data", quote(body));
    return words.join(" ");
}
