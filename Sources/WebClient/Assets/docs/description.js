/** An OpenAPI document, with its references followed. */
export class Description {
    #document;

    constructor(document) {
        this.#document = document;
    }

    get about() {
        return this.#document.info.description;
    }

    /**
     * Every call, in the document's order: `{ id, method, path, tag, summary, description, parameters, body, … }`.
     * What QUERY does is told with the GET that it is.
     */
    get calls() {
        return Object.entries(this.#document.paths).flatMap(([path, methods]) =>
            Object.entries(methods).filter(([method]) => method !== "query").map(([method, call]) => ({
                id: call.operationId, method, path, tag: call.tags[0], summary: call.summary,
                description: call.description, isOpen: call.security.length === 0,
                parameters: (call.parameters ?? []).map((one) => this.follow(one)),
                body: call.requestBody?.content,
                responses: Object.entries(call.responses).map(([status, one]) => [status, this.follow(one)]),
                isStream: call.tags[0] === "streams",
                takesQuery: method === "get" && methods.query !== undefined,
            })));
    }

    /** What a reference stands for; anything else is itself. */
    follow(part) {
        if (part?.$ref === undefined) return part;
        const { $ref, ...others } = part;
        const target = $ref.split("/").slice(1).reduce((value, name) => value[name], this.#document);
        return { ...this.follow(target), ...others };
    }

    /** A value that fits a schema, with the members that have to be there. */
    example(schema) {
        const one = this.follow(schema);
        if (one.const !== undefined) return one.const;
        if (one.default !== undefined) return one.default;
        if (one.enum !== undefined) return one.enum[0];
        if (one.properties !== undefined) {
            const names = one.required ?? Object.keys(one.properties).slice(0, 1);
            return Object.fromEntries(names.map((name) => [name, this.example(one.properties[name])]));
        }
        const type = [one.type].flat()[0];
        const examples = { string: "…", integer: one.minimum ?? 1, boolean: true, array: [], object: {} };
        return examples[type] ?? null;
    }
}
