import { prose } from "./texts.js";
import { make } from "../shared/dom.js";

/**
 * A schema for people: in words, and for an object a list of its members, which open further ones when they are asked
 * for.
 *
 * @param description the document in which references are followed
 */
export function schemaView(schema, description) {
    const one = description.follow(schema);
    const choices = one.anyOf?.filter((choice) => description.follow(choice).type !== undefined || choice.$ref) ?? [];
    if (one.properties !== undefined) return members(one, description);
    if (choices.length > 0) {
        return make("ul", { class: "members" }, ...choices.map((choice) =>
            make("li", {}, further(title(choice, description), choice, description))));
    }
    if (one.items !== undefined && isDeep(one.items, description)) {
        return make("div", {}, make("p", { class: "quiet", text: words(one, description) }),
            schemaView(one.items, description));
    }
    return make("p", { class: "quiet", text: words(one, description) });
}

function members(schema, description) {
    return make("ul", { class: "members" }, ...Object.entries(schema.properties).map(([name, member]) => {
        const inner = description.follow(member);
        const line = [
            make("span", { class: "name", text: name }), " ",
            make("span", { class: "quiet", text: words(inner, description) }),
            schema.required?.includes(name) ? make("span", { class: "needed", text: " required" }) : null,
            inner.description ? make("span", {}, " — ", ...prose(inner.description)) : null,
        ];
        const deep = inner.contentSchema ?? inner.items ?? member;
        return make("li", {}, ...line, isDeep(deep, description) ? further("Members", deep, description) : null);
    }));
}

/** Made when it is opened, since schemas are large. */
function further(label, schema, description) {
    const details = make("details", {}, make("summary", { text: label }));
    details.addEventListener("toggle", () => {
        if (details.childElementCount === 1) details.append(schemaView(schema, description));
    });
    return details;
}

function isDeep(schema, description) {
    const one = description.follow(schema);
    return one.properties !== undefined || one.anyOf?.some((choice) => isDeep(choice, description)) === true;
}

/** What an event or an object is called: by its own name, or by the type that its data has. */
function title(schema, description) {
    if (schema.$ref) return schema.$ref.split("/").pop();
    const { event, data } = schema.properties ?? {};
    if (event?.const) return event.const;
    const content = data?.contentSchema;
    const type = content && description.follow(content).properties?.type?.const;
    return type ?? content?.$ref?.split("/").pop() ?? "Another";
}

/** `text of 1 to 500 characters` */
export function words(schema, description) {
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    const types = [schema.type].flat().filter(Boolean);
    const said = types.filter((type) => type !== "null").map((type) => word(type, schema, description));
    if (types.includes("null") || schema.anyOf?.some((one) => one.type === "null")) said.push("or null");
    if (said.length === 0) said.push(schema.anyOf === undefined ? "any JSON" : "one of several");
    if (schema.default !== undefined) said.push(`(${JSON.stringify(schema.default)})`);
    return said.join(" ");
}

function word(type, schema, description) {
    if (schema.enum) return schema.enum.filter((one) => one !== null).map((one) => JSON.stringify(one)).join(", ");
    switch (type) {
    case "string":
        return [{ "date-time": "time", uri: "URL" }[schema.format] ?? "text", range(schema, "Length", " characters"),
            schema.pattern && `like ${schema.pattern}`].filter(Boolean).join(" ");
    case "integer": return ["integer", bounds(schema.minimum, schema.maximum)].filter(Boolean).join(" ");
    case "array":
        return [["list of", range(schema, "Items", "")].filter(Boolean).join(" "),
            words(description.follow(schema.items ?? {}), description)].join(": ");
    default: return type;
    }
}

function range(schema, name, unit) {
    const [least, most] = [schema[`min${name}`], schema[`max${name}`]];
    return least === undefined && most === undefined ? null : `${bounds(least ?? 0, most)}${unit}`;
}

function bounds(least, most) {
    if (most === undefined) return least === undefined ? null : `from ${least}`;
    return least === most ? `${most}` : `${least ?? 0}–${most}`;
}
