import assert from "node:assert/strict";
import { test } from "node:test";
import { BoardcastError } from "../../Sources/WebClient/Assets/sdk/boardcast.js";
import { settle } from "./clock.mjs";
import { problem } from "./fake-gateway.mjs";
import { World } from "./world.mjs";

const drop = () => { throw new TypeError("fetch failed"); };
const last = (world) => world.gateway.requests.at(-1);

test("a write has a key of its own, reads have none", async () => {
    const world = new World();
    const { client } = world.client();
    const keys = [];
    for (const method of ["POST", "PATCH", "DELETE", "POST"]) {
        await client.request(method, "/api/tasks");
        keys.push(last(world).headers.get("Idempotency-Key"));
    }
    assert.equal(new Set(keys).size, 4);
    assert.ok(keys.every((key) => /^[a-z0-9-]{10,128}$/.test(key)));
    await client.request("GET", "/api/boards");
    assert.equal(last(world).headers.get("Idempotency-Key"), null);
    await client.createTask({ name: "a" }, { idempotencyKey: "mine" });
    assert.equal(last(world).headers.get("Idempotency-Key"), "mine");
});

test("a write without an answer is sent again, as the same write", async () => {
    const world = new World();
    const { client } = world.client();
    world.gateway.twist("POST", drop, 2);
    const made = client.createTask({ name: "a" });
    await world.clock.advance(2000);
    assert.equal((await made).task.id, 1);
    const keys = world.gateway.requests.map(({ headers }) => headers.get("Idempotency-Key"));
    assert.deepEqual([keys.length, new Set(keys).size], [3, 1]);
});

test("after three times without an answer it says so", async () => {
    const world = new World();
    const { client } = world.client();
    world.gateway.twist("POST", drop, Infinity);
    const failure = assert.rejects(client.createTask({ name: "a" }), { name: "BoardcastError", status: 0, code: "network" });
    await world.clock.advance(60_000);
    await failure;
    assert.equal(world.gateway.requests.length, 3);
});

test("an answer that does not come in time is none", async () => {
    const world = new World();
    const { client } = world.client();
    world.gateway.twist("GET", world.gateway.never, Infinity);
    const failure = assert.rejects(client.request("GET", "/api/boards", { timeout: 1000 }), { code: "timeout" });
    await world.clock.advance(60_000);
    await failure;
});

test("a refusal is told in the gateway's words, and not repeated", async () => {
    const world = new World();
    const { client } = world.client();
    world.gateway.twist("POST", () => Response.json({
        status: 422, code: "invalid", detail: "Not like this.", errors: [{ pointer: "/name", detail: "is too long" }],
    }, { status: 422 }));
    await assert.rejects(client.createTask({ name: "a" }), (error) => {
        assert.ok(error instanceof BoardcastError && error instanceof Error);
        assert.deepEqual([error.status, error.code, error.retryAfter], [422, "invalid", null]);
        assert.equal(error.message, "Not like this. name: is too long");
        assert.equal(error.problem.errors.length, 1);
        return true;
    });
    world.gateway.twist("POST", () => problem(429, "rate_limited", { "Retry-After": "3" }));
    await assert.rejects(client.createTask({ name: "a" }), { status: 429, retryAfter: 3000 });
    world.gateway.twist("POST", () => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    await assert.rejects(client.createTask({ name: "a" }), { status: 502, code: "refused" });
    assert.equal(world.gateway.requests.length, 3);
});

test("versions become If-Match, and a 412 has the current task", async () => {
    const world = new World();
    const { client } = world.client();
    await client.updateTask(7, { name: "b" }, { version: 3 });
    assert.deepEqual([last(world).line, last(world).headers.get("If-Match")], ["PATCH /api/tasks/7", "\"3\""]);
    await client.moveTask(7, { status: "done", after: null }, { version: 4 });
    assert.deepEqual([last(world).headers.get("If-Match"), last(world).body], ["\"4\"", "{\"status\":\"done\",\"after\":null}"]);
    for (const tag of ["\"5\"", "*"]) {
        await client.request("PATCH", "/api/tasks/7", { body: {}, ifMatch: tag });
        assert.equal(last(world).headers.get("If-Match"), tag);
    }
    await client.updateTask(7, { name: "b" });
    assert.equal(last(world).headers.get("If-Match"), null);
    world.gateway.twist("PATCH", () => Response.json({ code: "version_mismatch", task: { id: 7, version: 9 } }, { status: 412 }));
    await assert.rejects(client.updateTask(7, {}, { version: 1 }), ({ problem: { task } }) => task.version === 9);
});

test("bodies are JSON, files are what they are, and an answer may be empty", async () => {
    const world = new World();
    const { client } = world.client();
    await client.request("POST", "/api/x", { body: { a: 1 } });
    assert.deepEqual([last(world).headers.get("Content-Type"), last(world).body], ["application/json", "{\"a\":1}"]);
    const file = new Blob(["a,b"], { type: "text/csv" });
    await client.request("POST", "/api/x", { body: file, headers: { "X-Extra": "1" } });
    assert.deepEqual([last(world).headers.get("Content-Type"), last(world).body], ["text/csv", file]);
    assert.equal(last(world).headers.get("X-Extra"), "1");
    const { status, body, headers } = await client.request("POST", "/api/boards/main/typing", { body: {} });
    assert.deepEqual([status, body, headers instanceof Headers], [204, null, true]);
});

test("a caller's signal ends a call, and its wait for another attempt is no call", async () => {
    const world = new World();
    const { client } = world.client();
    world.gateway.twist("GET", world.gateway.never);
    const abort = new AbortController();
    const failure = assert.rejects(client.request("GET", "/api/boards", { signal: abort.signal }), /enough/);
    await settle();
    abort.abort(new Error("enough"));
    await failure;
    await assert.rejects(client.request("GET", "/api/boards", { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("no path leads the token to another host", async () => {
    const world = new World();
    const { client } = world.client({ url: "http://gateway.test/" });
    for (const path of ["@evil.test/", ".evil.test/", "https://evil.test/", ""]) {
        await assert.rejects(client.request("GET", path), TypeError);
    }
    assert.deepEqual(world.gateway.requests, []);
    await client.request("GET", "/api/boards");
    assert.equal(last(world).line, "GET /api/boards");
});

test("ids are encoded", async () => {
    const world = new World();
    const { client } = world.client();
    await client.typing("a/../b", 1, true);
    assert.equal(last(world).line, "POST /api/boards/a%2F..%2Fb/typing");
});
