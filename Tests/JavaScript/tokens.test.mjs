import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./clock.mjs";
import { problem, token } from "./fake-gateway.mjs";
import { World } from "./world.mjs";

const streams = "GET /sse/connect";
const refuse = () => problem(401, "invalid_token");

test("it is asked for once for all who wait", async () => {
    const world = new World();
    const heard = await world.open();
    await Promise.all([heard.client.boards(), heard.client.boards(), heard.client.createTask({ name: "a" })]);
    assert.equal(world.tokensAsked, 1);
});

test("after a 401 a fresh one, at once", async () => {
    const world = new World();
    let issued = 0;
    const good = () => world.token({ jti: issued += 1 });
    world.gateway.twist(streams, refuse);
    const heard = await world.open({ token: good });
    assert.deepEqual([heard.client.state, issued], ["live", 2]);
    world.gateway.twist("GET /api/boards", refuse);
    await heard.client.boards();
    assert.equal(issued, 3);
});

test("one whose key the gateway has to fetch is tried once more", async () => {
    const world = new World();
    const same = world.token();
    world.gateway.twist("GET", refuse, 2);
    const heard = await world.open({ token: () => same });
    await world.clock.advance(1000);
    assert.equal(heard.client.state, "live");
});

test("refused twice is unauthorized, until there is another", async () => {
    const world = new World();
    const bad = world.token({ jti: "bad" });
    let current = bad;
    world.gateway.twist("GET", ({ token }) => token === bad ? refuse() : undefined, Infinity);
    const heard = await world.open({ token: () => current });
    await world.clock.advance(60_000);
    const { state, reason, error } = heard.states.at(-1);
    assert.deepEqual([state, reason, error.status], ["unauthorized", "invalid_token", 401]);
    assert.ok(world.gateway.requests.length <= 4, "it does not ask on and on");
    current = world.token({ jti: "good" });
    heard.client.retry();
    await settle();
    assert.equal(heard.client.state, "live");
});

test("no token is unauthorized; a token that can't be had for now is waited for", async () => {
    const world = new World();
    const none = await world.open({ token: async () => null });
    assert.deepEqual([none.client.state, none.client.status.reason], ["unauthorized", "no_token"]);
    let failures = 3;
    const late = await world.open({
        token: () => {
            if (failures-- > 0) throw new Error("the issuer is away");
            return world.token();
        },
    });
    assert.deepEqual([late.client.state, late.client.status.reason], ["waiting", "token_unavailable"]);
    await world.clock.advance(20_000);
    assert.equal(late.client.state, "live");
});

test("a live stream is renewed in place 30 s before its token ends, by the gateway's clock", async () => {
    const world = new World();
    let issued = 0;
    const heard = await world.open({ token: () => world.token({ jti: issued += 1 }) });
    const now = Date.parse("2030-01-01T00:00:00.000Z");
    world.gateway.stream.tell({
        type: "token.expiring", timestamp: new Date(now).toISOString(), expiresAt: new Date(now + 60_000).toISOString(),
    });
    await world.clock.advance(29_999);
    world.gateway.stream.write(":heartbeat\n\n");
    assert.equal(issued, 1);
    await world.clock.advance(1);
    const renewal = world.gateway.requests.at(-1);
    assert.equal(renewal.line, "POST /sse/connections/c1/token");
    assert.deepEqual([issued, world.gateway.opened.length, heard.client.state], [2, 1, "live"]);
    assert.notEqual(renewal.token, world.gateway.opened[0].token);
});

test("while there is no other token it asks again, and does not renew with the same", async () => {
    const world = new World();
    let current = world.token({ jti: 1 });
    await world.open({ token: () => current });
    const timestamp = world.gateway.timestamp;
    world.gateway.stream.tell({ type: "token.expiring", timestamp, expiresAt: timestamp });
    await world.clock.advance(15_000);
    assert.equal(world.gateway.count("POST"), 0);
    current = world.token({ jti: 2 });
    world.gateway.stream.write(":heartbeat\n\n");
    await world.clock.advance(10_000);
    assert.equal(world.gateway.count("POST /sse/connections/c1/token"), 1);
});

test("a token that ran out in sleep is renewed on waking", async () => {
    const world = new World();
    let issued = 0;
    const heard = await world.open({ token: () => world.token({ jti: issued += 1 }) });
    const timestamp = world.gateway.timestamp;
    const expiresAt = new Date(world.clock.now() + 60_000).toISOString();
    world.gateway.stream.tell({ type: "token.expiring", timestamp, expiresAt });
    await settle();
    world.clock.sleep(24_000);
    heard.wake();
    world.clock.sleep(7000);
    world.gateway.stream.write(":heartbeat\n\n");
    await settle();
    assert.equal(issued, 1);
    heard.wake();
    await settle();
    assert.equal(world.gateway.count("POST /sse/connections/c1/token"), 1);
});

for (const reason of ["token_expired", "revoked", "access_lost"]) {
    test(`a stream that ends as ${reason} comes back with a fresh token`, async () => {
        const world = new World();
        let issued = 0;
        const heard = await world.open({ token: () => world.token({ jti: issued += 1 }) });
        world.gateway.stream.tell({ type: "stream.closing", reason, reconnect: false });
        world.gateway.stream.end();
        await world.gateway.publish();
        await world.clock.advance(500);
        assert.deepEqual([heard.client.state, issued, heard.seqs], ["live", 2, [1]]);
    });
}

test("calls have a fresh token 30 s before the old one ends", async () => {
    const world = new World();
    let issued = 0;
    const heard = await world.open({ token: () => token(world.clock.now() / 1000 + 60, { jti: issued += 1 }) });
    await world.clock.advance(29_999);
    await heard.client.boards();
    assert.equal(issued, 1);
    await world.clock.advance(1);
    await heard.client.boards();
    assert.equal(issued, 2);
});

test("while a fresh one can't be had, the old one is used to its end", async () => {
    const world = new World();
    let isAway = false;
    const heard = await world.open({
        token: () => {
            if (isAway) throw new Error("the issuer is away");
            return token(world.clock.now() / 1000 + 60);
        },
    });
    isAway = true;
    await world.clock.advance(40_000);
    assert.deepEqual((await heard.client.boards()).length, 1);
});

test("a clock that is wrong costs no token for each call", async () => {
    const world = new World();
    let issued = 0;
    const heard = await world.open({ token: () => token(1, { jti: issued += 1 }) });
    for (let call = 0; call < 5; call += 1) await heard.client.boards();
    assert.equal(issued, 1);
});

test("a token is in headers alone", async () => {
    const world = new World();
    const heard = await world.open();
    await heard.client.createTask({ name: "a" });
    const { gateway } = world;
    for (const { line, query, token } of gateway.requests) {
        assert.ok(token.length > 10 && !`${line}?${query}`.includes(token));
    }
});
