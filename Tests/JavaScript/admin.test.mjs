import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ceiling } from "../../Sources/WebClient/Assets/admin/chart.js";
import { rules } from "../../Sources/WebClient/Assets/admin/claims.js";
import { curl, quote } from "../../Sources/WebClient/Assets/admin/curl.js";
import { bytes } from "../../Sources/WebClient/Assets/admin/format.js";
import { choose, clientName, group, namesOf } from "../../Sources/WebClient/Assets/admin/roster.js";
import { duration, fromNow } from "../../Sources/WebClient/Assets/shared/times.js";
import { decode } from "../../Sources/WebClient/Assets/shared/token.js";

const connection = (id, userId, boards, more = {}) => ({
    id, userId, boards, transport: "sse", lag: 0, queuedBytes: 0, sentEvents: 10, sentBytes: 100, ...more,
});
const roster = [
    connection("c1", "Ann", ["main", "side"], { lag: 3 }), connection("c2", "Ann", ["main"]),
    connection("c3", "ben", [], { transport: "websocket", queuedBytes: 5 }),
];
const ids = (filter) => choose(roster, filter).map(({ id }) => id).join(" ");

test("connections are chosen by every word, and exactly by board and transport", () => {
    assert.equal(ids({}), "c1 c2 c3");
    assert.equal(ids({ text: " AN " }), "c1 c2");
    assert.equal(ids({ text: "ann c2" }), "c2");
    assert.equal(ids({ board: "side" }), "c1");
    assert.equal(ids({ board: "sid" }), "");
    assert.equal(ids({ transport: "websocket" }), "c3");
    assert.equal(ids({ behind: true }), "c1 c3");
    assert.equal(ids({ behind: true, board: "main", text: "ann" }), "c1");
});

test("a client is named in a word or two, and found by that and by its address", () => {
    const named = {
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox 128",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36": "Chrome 120",
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0": "Edge 120",
        "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Safari/605.1.15": "Safari 17",
        "curl/8.5.0": "curl/8.5.0", "boardcast/0.1.0 (x)": "boardcast/0.1.0", "": "",
    };
    for (const [agent, name] of Object.entries(named)) assert.equal(clientName(agent), name);
    assert.equal(clientName(null), "");
    const from = [connection("c4", "cleo", [], { address: "192.0.2.7", client: "curl/8.5.0" }), ...roster];
    assert.deepEqual(choose(from, { text: "192.0 CURL" }).map(({ id }) => id), ["c4"]);
});

test("a connection counts for each of its boards, and a user once", () => {
    const sums = (by) => group(roster, by)
        .map(({ name, connections, users, lag }) => [name, connections, users.size, lag]);
    assert.deepEqual(sums("board"), [["main", 2, 1, 3], ["side", 1, 1, 3]]);
    assert.deepEqual(sums("user"), [["Ann", 2, 1, 3], ["ben", 1, 1, 0]]);
    assert.equal(group(roster, "transport").find(({ name }) => name === "sse").sentBytes, 200);
    assert.deepEqual(namesOf(roster, "board"), ["main", "side"]);
});

test("a shell reads a quoted word as it was", () => {
    for (const word of ["plain", "it's", "$(id) `id` \\ \"", "a\nb", ""]) {
        assert.equal(execFileSync("sh", ["-c", `printf %s ${quote(word)}`], { encoding: "utf8" }), word);
    }
});

test("a logged event is read from before it, of another the next is awaited", () => {
    const logged = curl("https://b.example", { type: "task.created", seq: 7, boardId: "main" }, "6-ab");
    const url = "https://b.example/api/events?since=6-ab&types=task.created&limit=1";
    assert.equal(logged, `curl '${url}' -H "Authorization: Bearer $BOARDCAST_TOKEN"`);
    const passing = curl("https://b.example", { type: "typing", boardId: "main" }, "6-ab");
    assert.match(passing, /^curl -N 'https:\/\/b\.example\/sse\/connect\?types=typing&board=main' /);
    assert.match(curl("https://b.example", { type: "a.b", seq: 7 }, null), /^curl -N /);
});

const part = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const claims = { sub: "ann", tenant: "acme", exp: 2000 };
const context = { length: 100, now: 1_000_000, leeway: 30, own: { tenant: "acme" } };

function broken(header, payload, more = {}) {
    const token = decode(`${part(header)}.${part(payload)}.sig`);
    const found = rules.filter(({ check }) => typeof check(token, { ...context, ...more }) === "string");
    return found.map(({ id }) => id).join();
}

test("what can be told of a token without its key is told", () => {
    const header = { alg: "HS256", typ: "JWT" };
    assert.equal(broken(header, claims), "");
    const more = { boards: [], role: "viewer", iat: 900, nbf: 900 };
    assert.equal(broken({ ...header, typ: "at+JWT" }, { ...claims, ...more }), "");
    for (const [change, rule] of [
        [{ exp: 900 }, "expiry"], [{ exp: "2000" }, "expiry"], [{ exp: undefined }, "expiry"],
        [{ nbf: 1100 }, "beginning"], [{ iat: 1031 }, "beginning"], [{ sub: "" }, "subject"],
        [{ sub: "é".repeat(128) }, "subject"], [{ sub: 1.5 }, "subject"], [{ sub: 7 }, ""], [{ boards: "main" }, "boards"],
        [{ boards: [1] }, "boards"], [{ tenant: "a b" }, "tenant"], [{ tenant: undefined }, ""], [{ tenant: ["a"] }, ""],
        [{ role: "boss" }, ""],
        [{ iss: 1 }, "issuer"], [{ jti: 1 }, "id"],
    ]) assert.equal(broken(header, { ...claims, ...change }), rule, JSON.stringify(change));
    assert.equal(broken(header, { ...claims, exp: 971 }), "", "within the leeway");
    const named = { own: { org: "acme" } };
    assert.equal(broken(header, { ...claims, tenant: undefined }, named), "", "tenants have another claim here");
    for (const [change, rule] of [
        [{ alg: "none" }, "algorithm"], [{ alg: undefined }, "algorithm"], [{ crit: ["b64"] }, "header"],
        [{ jwk: {} }, ""], [{ jku: "https://id.example" }, ""], [{ alg: "Ed25519" }, ""],
        [{ typ: "application/at+jwt" }, ""], [{ typ: "application/jose" }, "header"],
        [{ typ: "jose" }, "header"], [{ zip: "DEF" }, "header"], [{ kid: 1 }, "header"],
    ]) assert.equal(broken({ ...header, ...change }, claims), rule, JSON.stringify(change));
    assert.equal(broken(header, "[1]"), "payload");
    assert.equal(broken("{", claims), "header");
    assert.equal(decode("a.b").parts, 2);
    assert.equal(rules[0].check(decode("not a token"), context), "1 part");
});

test("the page knows each rule that the gateway names, in the gateway's order", () => {
    const source = readFileSync(new URL("../../Sources/Tokens/TokenRule.swift", import.meta.url), "utf8");
    const names = [...source.matchAll(/^ +case (.+)$/gm)].flatMap(([, list]) => list.split(", "));
    assert.deepEqual(rules.map(({ id }) => id), names);
});

test("figures are short and round", () => {
    assert.deepEqual([0, 0.4, 1, 7, 11, 89, 1000].map((number) => ceiling(number)), [1, 0.4, 1, 8, 20, 100, 1000]);
    assert.deepEqual([3, 900, 1023, 1024, 50_000].map((number) => bytes(ceiling(number, 1024))),
        ["3 B", "1,000 B", "1 KiB", "1 KiB", "50 KiB"]);
    assert.deepEqual([0, 59_400, 61_000, 3_600_000, 90_061_000].map(duration),
        ["0 s", "59 s", "1 min 1 s", "1 h", "1 d 1 h"]);
    assert.deepEqual([fromNow(5000, 0), fromNow(0, 5000)], ["in 5 s", "5 s ago"]);
});
