import { curlOf, requestOf } from "./request.js";
import { announce, copy, make, setText } from "../shared/dom.js";

/**
 * A form that sends a call with the user's own token and shows the answer, and the same as a line of curl.
 *
 * @param token returns the token, or null
 * @param askForToken called when there is none
 */
export function trial(call, description, token, askForToken) {
    const [mediaType, media] = Object.entries(call.body ?? {})[0] ?? [];
    const isFile = mediaType !== undefined && call.body["application/json"]?.schema === undefined;
    const parameters = call.parameters.map((parameter) => [parameter, field(call, parameter)]);
    const text = call.body && !isFile ? make("textarea", { "aria-label": "Body", spellcheck: "false" }) : null;
    if (text) text.value = JSON.stringify(description.example(media.schema), null, 2);
    const file = isFile ? make("input", { type: "file", "aria-label": "File" }) : null;
    const line = make("pre", { class: "curl", tabindex: "0", "aria-label": "As a line of curl" });
    const answer = make("div", { class: "answer", role: "status" });

    const request = () => {
        const values = Object.fromEntries(parameters.map(([{ name }, input]) => [name, input.value.trim()]));
        const body = text?.value ?? file?.files[0] ?? null;
        const type = isFile ? body?.type || "application/octet-stream" : mediaType;
        return requestOf(call, new URL(".", location.href), values, body, type);
    };
    const rewrite = () => setText(line, curlOf(request()));
    const send = call.isStream ? null : make("button", { class: "primary", text: "Send" });
    const form = make("form", { class: "trial", oninput: rewrite, onsubmit: async (event) => {
        event.preventDefault();
        if (send === null || send.disabled) return;
        if (!call.isOpen && token() === null) return askForToken();
        send.disabled = true;
        try {
            answer.replaceChildren(...await answerTo(request(), call.isOpen ? null : token()));
        } finally {
            send.disabled = false;
        }
    } },
    make("h3", { text: "Try it" }),
    make("div", { class: "fields" }, ...parameters.flatMap(([{ name }, input]) =>
        [make("label", { for: input.id, text: name }), input])),
    text, file,
    make("div", { class: "row" }, send, make("button", { type: "button", text: "Copy as curl", onclick: async () => {
        announce(await copy(curlOf(request())) ? "Copied." : "It could not be copied.");
    } })), line, answer);
    rewrite();
    return form;
}

function field(call, { name, in: place, required, schema }) {
    const attributes = { id: `${call.id}-${place}-${name}`, autocomplete: "off", spellcheck: "false", required };
    if (schema.enum === undefined) return make("input", { ...attributes, placeholder: schema.default });
    const choices = ["", ...schema.enum.filter((one) => one !== "")];
    return make("select", { id: attributes.id }, ...choices.map((value) => make("option", { value, text: value })));
}

/** The elements that show what came back. */
async function answerTo({ method, url, headers, body }, token) {
    const started = performance.now();
    try {
        const authorization = token === null ? {} : { Authorization: `Bearer ${token}` };
        const response = await fetch(url, {
            method, headers: { ...headers, ...authorization }, body, credentials: "omit", cache: "no-store",
        });
        const said = await response.text();
        const time = Math.round(performance.now() - started);
        const fields = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
        return [
            make("p", {}, make("span", {
                class: "status", "data-kind": String(response.status)[0], text: `${response.status} ${response.statusText}`,
            }), make("span", { class: "quiet", text: `  ${time} ms` })),
            make("details", {}, make("summary", { class: "quiet", text: "Header fields" }),
                make("pre", { tabindex: "0", text: fields })),
            said === "" ? null : make("pre", { tabindex: "0", "aria-label": "Body of the answer", text: pretty(said) }),
        ].filter(Boolean);
    } catch (error) {
        return [make("p", { class: "status", "data-kind": "5", text: `No answer: ${error.message}` })];
    }
}

function pretty(text) {
    try {
        return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
        return text.length > 20_000 ? `${text.slice(0, 20_000)}…` : text;
    }
}
