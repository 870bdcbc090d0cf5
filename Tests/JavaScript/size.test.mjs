import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Boardcast } from "../../Sources/WebClient/Assets/sdk/boardcast.js";

const asset = (name) => readFileSync(new URL(`../../Sources/WebClient/Assets/sdk/${name}`, import.meta.url), "utf8");

test("the client is 12 kB at most, and needs nothing else", () => {
    const source = asset("boardcast.js");
    assert.ok(gzipSync(source, { level: 9 }).length <= 12_000);
    assert.doesNotMatch(source, /\bimport\b|localStorage|sessionStorage|indexedDB|document\.cookie|console\./);
});

test("the types name every public member of the client", () => {
    const types = asset("boardcast.d.ts");
    const body = types.slice(types.indexOf("export class Boardcast {"));
    const members = Object.getOwnPropertyNames(Boardcast.prototype).concat(Object.keys(new Boardcast({ url: "http://a.test", token: "" })));
    for (const name of members) assert.match(body, new RegExp(`^    (readonly )?${name}[(:<]`, "m"), name);
});
