import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Boardcast } from "../../Sources/WebClient/Assets/sdk/boardcast.js";

const asset = (name) => readFileSync(new URL(`../../Sources/WebClient/Assets/sdk/${name}`, import.meta.url), "utf8");

test("the client is 12 kB, and needs nothing else", () => {
    const source = asset("boardcast.js");
    assert.ok(gzipSync(source, { level: 9 }).length <= 12_499);
    assert.doesNotMatch(source, /\bimport\b|localStorage|sessionStorage|indexedDB|document\.cookie|console\.(?!warn)/);
});

test("the types name every public member of the client", () => {
    const types = asset("boardcast.d.ts");
    const body = types.slice(types.indexOf("export class Boardcast {"));
    const members = Object.getOwnPropertyNames(Boardcast.prototype).concat(Object.keys(new Boardcast({ url: "http://a.test", token: "" })));
    for (const name of members) assert.match(body, new RegExp(`^    (readonly )?${name}[(:<]`, "m"), name);
});

test("the package has what its types and its exports name, and the gateway's version", async () => {
    const told = JSON.parse(asset("package.json"));
    for (const name of [...told.files, told.types, ...Object.values(told.exports).flatMap((one) => Object.values(one))]) {
        if (name.includes(".js") || name.includes(".ts")) assert.ok(asset(name.replace("./", "")).length > 0, name);
    }
    const command = readFileSync(new URL("../../Sources/boardcast/Version.swift", import.meta.url), "utf8");
    assert.equal(told.version, /number = "([^"]+)"/.exec(command)[1]);
});
