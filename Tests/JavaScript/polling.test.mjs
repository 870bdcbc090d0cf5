import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./clock.mjs";
import { problem } from "./fake-gateway.mjs";
import { World } from "./world.mjs";

const streams = "GET /sse/connect";
const polls = "GET /api/events";

/** What a proxy makes of a stream that it holds back: a head, and nothing behind it. */
const buffer = (world) => (request) => {
    const stream = world.gateway.openStream(request);
    world.gateway.live.delete(stream);
    return world.gateway.answer(stream);
};

async function openBehindProxy(world) {
    world.gateway.twist(streams, buffer(world), Infinity);
    const heard = await world.open();
    await world.clock.advance(6000);
    return heard;
}

test("a proxy that holds streams back is noticed after 5 s, and polls bring every event", async () => {
    const world = new World();
    const heard = await openBehindProxy(world);
    const { state, transport } = heard.client.status;
    assert.deepEqual([state, transport, world.gateway.live.size], ["polling", "poll", 0]);
    for (let count = 0; count < 5; count += 1) await world.gateway.publish();
    await settle();
    assert.deepEqual(heard.seqs, [1, 2, 3, 4, 5]);
    const { query } = world.gateway.requests.at(-1);
    assert.deepEqual([query.get("since"), query.get("wait"), query.getAll("board")], ["5-e1", "25", ["main"]]);
    await world.clock.advance(25_000);
    await world.gateway.publish();
    await settle();
    assert.deepEqual([heard.seqs.length, heard.client.state], [6, "polling"]);
});

test("what happened while nothing got through is not lost", async () => {
    const world = new World();
    world.gateway.twist(streams, buffer(world), Infinity);
    const heard = await world.open();
    await world.gateway.publish();
    await world.clock.advance(3000);
    await world.gateway.publish();
    await world.clock.advance(3000);
    assert.deepEqual([heard.client.state, heard.seqs], ["polling", [1, 2]]);
});

test("after two minutes a stream is tried again, and taken when it speaks", async () => {
    const world = new World();
    world.gateway.twist(streams, buffer(world), 2);
    const heard = await world.open();
    await world.clock.advance(6000);
    assert.equal(heard.client.state, "polling");
    await world.clock.advance(119_000);
    assert.equal(world.gateway.count(streams), 1);
    await world.clock.advance(31_000);
    assert.deepEqual([world.gateway.count(streams), heard.client.state], [2, "polling"]);
    assert.deepEqual(heard.names, ["connecting", "waiting", "polling"], "nobody is told of attempts that fail");
    await world.gateway.publish();
    await world.clock.advance(100_000);
    for (let more = 0; more < 50 && heard.client.state !== "live"; more += 1) await world.clock.advance(1000);
    await world.gateway.publish();
    assert.deepEqual([heard.client.state, heard.client.status.transport, heard.seqs], ["live", "stream", [1, 2]]);
});

test("a request that is never answered counts as held back too", async () => {
    const world = new World();
    world.gateway.twist(streams, world.gateway.never, 1);
    const heard = await world.open();
    await world.clock.advance(10_000);
    assert.equal(heard.client.status.reason, "timeout");
    await world.clock.advance(500);
    assert.equal(heard.client.state, "polling");
});

test("three streams that fail while calls get through are enough", async () => {
    for (const answer of [() => { throw new TypeError("fetch failed"); }, () => problem(502, "bad_gateway"),
        () => new Response("<p>Sign in to this network", { headers: { "Content-Type": "text/html" } })]) {
        const world = new World();
        world.gateway.twist(streams, answer, Infinity);
        const heard = await world.open();
        await world.clock.advance(3000);
        assert.deepEqual([heard.client.state, world.gateway.count(streams)], ["polling", 4]);
    }
});

test("a proxy that speaks HTTP/1.0 is a reason at once", async () => {
    const world = new World();
    world.gateway.twist(streams, () => problem(505, "version"), Infinity);
    const heard = await world.open();
    await world.clock.advance(500);
    assert.deepEqual([heard.client.state, world.gateway.count(streams)], ["polling", 1]);
});

test("a gateway that was away, and is back, is streamed from", async () => {
    for (let outage = 1; outage <= 12; outage += 1) {
        const world = new World();
        const heard = await world.open();
        const calls = ["GET", "POST"];
        for (const line of calls) world.gateway.twist(line, () => { throw new TypeError("fetch failed"); }, outage);
        await world.gateway.cut();
        await world.gateway.publish();
        await world.clock.advance(300_000);
        assert.equal(heard.client.state, "live", `after ${outage} failures`);
        assert.deepEqual(heard.seqs, [1]);
        assert.ok(!heard.names.includes("polling"), `after ${outage} failures`);
    }
});

test("a network that swallows everything is no proxy", async () => {
    const world = new World();
    world.gateway.twist(streams, world.gateway.never, 1);
    world.gateway.twist(polls, world.gateway.never, 1);
    const heard = await world.open();
    await world.clock.advance(40_000);
    assert.deepEqual([heard.client.state, heard.names.includes("polling")], ["live", false]);
});

test("polls wait, and go on, like streams", async () => {
    const world = new World();
    const heard = await openBehindProxy(world);
    world.gateway.twist(polls, () => problem(503, "unavailable", { "Retry-After": "4" }), 1);
    await world.gateway.publish();
    await settle();
    assert.deepEqual([heard.client.state, heard.client.status.retryAt - world.clock.now()], ["waiting", 4000]);
    await world.clock.advance(20_000);
    assert.deepEqual([heard.client.state, heard.seqs], ["polling", [1]]);
});

test("a gateway with no room for a waiting poll is asked every 5 s", async () => {
    const world = new World();
    const heard = await openBehindProxy(world);
    world.gateway.twist(polls, ({ query }) =>
        query.get("wait") > 0 ? problem(429, "limit_reached", { "Retry-After": "1" }) : undefined, Infinity);
    await world.gateway.publish();
    await world.clock.advance(5000);
    const before = world.gateway.count(polls);
    await world.gateway.publish();
    await world.clock.advance(20_000);
    assert.deepEqual([heard.seqs, heard.client.state, world.gateway.count(polls) - before], [[1, 2], "polling", 4]);
});

test("a cursor that polls can't go on from brings a new state", async () => {
    const world = new World();
    const heard = await openBehindProxy(world);
    world.gateway.epoch = "e2";
    await world.clock.advance(25_000);
    await world.gateway.publish();
    await settle();
    assert.deepEqual(heard.resyncs.map(({ reason }) => reason), ["epoch_changed"]);
    assert.deepEqual([heard.snapshots.length, heard.seqs, heard.client.state], [2, [1], "polling"]);
});

test("a refused token and a missing board end polls as they end streams", async () => {
    for (const [status, state] of [[401, "unauthorized"], [403, "closed"]]) {
        const world = new World();
        const heard = await openBehindProxy(world);
        world.gateway.twist(polls, () => problem(status, "no"), Infinity);
        await world.clock.advance(30_000);
        assert.equal(heard.client.state, state);
    }
});

test("`retry()` while polling tries a stream next", async () => {
    const world = new World();
    world.gateway.twist(streams, buffer(world), 1);
    const heard = await world.open();
    await world.clock.advance(6000);
    heard.client.retry();
    await world.clock.advance(25_000);
    assert.equal(heard.client.state, "live");
});

test("closing ends a waiting poll", async () => {
    const world = new World();
    const heard = await openBehindProxy(world);
    const { signal } = world.gateway.requests.at(-1);
    heard.client.close();
    await world.clock.advance(60_000);
    assert.deepEqual([signal.aborted, heard.names.at(-1)], [true, "closed"]);
});
