import { prose } from "./texts.js";
import { schemaView, words } from "./schema-view.js";
import { trial } from "./trial.js";
import { make } from "../shared/dom.js";

/** One call: a line that opens. What is inside is made when it is opened first. */
export function callView(call, description, ...forTrial) {
    const details = make("details", { class: "call card", id: call.id }, make("summary", {},
        make("span", { class: "method", "data-method": call.method, text: call.method.toUpperCase() }),
        make("span", { class: "path", text: call.path }), make("span", { class: "words" }, ...prose(call.summary))));
    details.addEventListener("toggle", () => {
        if (details.open && details.childElementCount === 1) details.append(inside(call, description, forTrial));
    });
    return details;
}

function inside(call, description, forTrial) {
    const parts = [make("p", { class: "quiet", text: call.description })];
    if (call.parameters.length > 0) parts.push(make("h3", { text: "Parameters" }), parameters(call, description));
    if (call.takesQuery) {
        parts.push(make("p", { class: "quiet", text: "The method QUERY takes the same query as its body: a form, or JSON." }));
    }
    if (call.body) parts.push(make("h3", { text: "Body" }), ...bodies(call.body, description));
    parts.push(make("h3", { text: "Answers" }), answers(call, description), trial(call, description, ...forTrial));
    return make("div", {}, ...parts);
}

function parameters(call, description) {
    return make("ul", { class: "members" }, ...call.parameters.map((parameter) => make("li", {},
        make("span", { class: "name", text: parameter.name }), " ",
        make("span", { class: "quiet", text: `${parameter.in}, ${words(description.follow(parameter.schema), description)}` }),
        parameter.required ? make("span", { class: "needed", text: " required" }) : null,
        parameter.description ? make("span", {}, " — ", ...prose(parameter.description)) : null)));
}

function bodies(content, description) {
    const types = Object.keys(content);
    const schema = Object.values(content).find((one) => one.schema !== undefined)?.schema;
    return [
        make("p", { class: "quiet", text: types.join(", ") }), schema ? schemaView(schema, description) : null,
    ].filter(Boolean);
}

/** The successes, and behind a line the refusals, which are much the same for all calls. */
function answers(call, description) {
    const isRefusal = ([status]) => Number(status) >= 400;
    const refusals = call.responses.filter(isRefusal);
    const details = make("details", { class: "refusals" },
        make("summary", { text: `Refusals: ${refusals.map(([status]) => status).join(", ")}` }));
    details.addEventListener("toggle", () => {
        if (details.childElementCount === 1) details.append(answerList(refusals, description));
    });
    return make("div", {}, answerList(call.responses.filter((one) => !isRefusal(one)), description), details);
}

function answerList(responses, description) {
    return make("ul", { class: "answers" }, ...responses.map(([status, response]) => {
        const media = Object.values(response.content ?? {})[0];
        const schema = media?.itemSchema ?? media?.schema;
        const line = [
            make("span", { class: "status", "data-kind": status[0], text: status }), " ",
            make("span", {}, ...prose(response.description)),
        ];
        const fields = Object.keys(response.headers ?? {});
        if (fields.length > 0) line.push(make("span", { class: "quiet", text: `  ${fields.join(", ")}` }));
        // Refusals all have one form.
        if (schema === undefined || Number(status) >= 400) return make("li", {}, ...line);
        const details = make("details", {}, make("summary", {}, ...line));
        details.addEventListener("toggle", () => {
            if (details.childElementCount === 1) details.append(schemaView(schema, description));
        });
        return make("li", {}, details);
    }));
}
