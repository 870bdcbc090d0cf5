import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./clock.mjs";
import { problem } from "./fake-gateway.mjs";
import { World } from "./world.mjs";

const streams = "GET /sse/connect";

test("the state first, then every event, once and in order", async () => {
    const world = new World();
    await world.gateway.publish();
    const { client, names, snapshots, seqs } = await world.open();
    assert.deepEqual(names, ["connecting", "live"]);
    assert.deepEqual(snapshots.map(({ tasks, cursor }) => [tasks.length, cursor]), [[1, "1-e1"]]);
    assert.deepEqual(seqs, []);
    assert.deepEqual([client.connectionId, client.userId, client.cursor], ["c1", "ann", "1-e1"]);
});

test("listeners hear their type, its families and everything, and none stops another", async (t) => {
    const world = new World();
    const { client } = await world.open();
    const heard = [];
    const thrown = [];
    client.on("task.created", () => { throw new Error("a listener's"); });
    t.mock.method(globalThis, "queueMicrotask", (action) => {
        try {
            action();
        } catch (error) {
            thrown.push(error.message);
        }
    });
    for (const name of ["task.created", "task.*", "*", "board.*", "a.b.*", "a.*"]) {
        client.on(name, ({ type }) => heard.push(`${name} ${type}`));
    }
    const off = client.on("task.created", () => heard.push("never"));
    off();
    await world.gateway.publish();
    await world.gateway.publish("a.b.c");
    assert.deepEqual(heard, [
        "task.created task.created", "task.* task.created", "* task.created", "a.b.* a.b.c", "a.* a.b.c", "* a.b.c",
    ]);
    assert.deepEqual(thrown, ["a listener's"]);
});

test("what happens between the snapshot and the stream is caught up", async () => {
    const world = new World();
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    // The stream begins at 2; the snapshot was taken at 0.
    world.gateway.twist("GET /api/boards/main/snapshot", () => Response.json({
        board: { id: "main" }, tasks: [], cursor: "0-e1",
    }));
    world.gateway.twist(streams, () => held);
    const heard = await world.open();
    await world.gateway.publish();
    await world.gateway.publish();
    release();
    await settle();
    await world.gateway.publish();
    assert.deepEqual([heard.snapshots.length, heard.seqs], [1, [1, 2, 3]]);
});

test("events that the snapshot has already are not told", async () => {
    const world = new World();
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    world.gateway.twist("GET /api/boards/main/snapshot", () => held);
    const heard = await world.open();
    await world.gateway.publish();
    await world.gateway.publish();
    assert.deepEqual([heard.names, heard.seqs], [["connecting"], []], "not live before there is a state");
    release();
    await settle();
    await world.gateway.publish();
    assert.deepEqual([heard.names, heard.snapshots[0].tasks.length, heard.seqs], [["connecting", "live"], 2, [3]]);
});

test("boards that are read one after the other make one state", async () => {
    const world = new World();
    world.gateway.twist("GET /api/boards/side/snapshot", async () => {
        await world.gateway.publish("task.created", { boardId: "main" });
        await world.gateway.publish("task.created", { boardId: "side" });
    });
    const heard = await world.open({ boards: ["main", "side"] });
    await settle();
    await settle();
    await world.gateway.publish("task.created", { boardId: "side" });
    const [{ tasks, cursor }] = heard.snapshots;
    const seen = [...tasks.map(({ id }) => id), ...heard.seqs].sort();
    assert.deepEqual([seen, cursor], [[1, 2, 3], "0-e1"], "each event is in the state or told, and none is both");
});

test("cut at any byte, it goes on from its cursor", async () => {
    const world = new World();
    const heard = await world.open();
    await world.gateway.publish();
    const frame = new TextEncoder().encode("id: 2-e1\ndata: {\"type\":\"task.created\",\"seq\":2,\"boardId\":\"main\"}\n\n");
    for (let cut = 0; cut < frame.length; cut += 7) {
        world.gateway.stream.write(frame.slice(0, cut));
        await world.gateway.cut();
        assert.equal(heard.names.at(-1), "waiting");
        await world.clock.advance(500);
        assert.equal(world.gateway.stream.since, "1-e1");
    }
    await world.gateway.publish();
    assert.deepEqual(heard.seqs, [1, 2]);
});

test("ids that come twice are told once", async () => {
    const world = new World();
    const heard = await world.open();
    await world.gateway.publish();
    for (const seq of [1, 1]) world.gateway.stream.tell({ type: "task.created", seq, boardId: "main" }, `${seq}-e1`);
    await world.gateway.publish();
    assert.deepEqual(heard.seqs, [1, 2]);
});

test("presence and typing are told as they come, and move no cursor", async () => {
    const world = new World();
    const heard = await world.open();
    world.gateway.stream.tell({ type: "presence.joined", boardId: "main", userId: "ben" });
    world.gateway.stream.tell({ type: "typing", boardId: "main", taskId: 1, userId: "ben", typing: true });
    await settle();
    assert.deepEqual(heard.events.map(({ type }) => type), ["presence.joined", "typing"]);
    assert.equal(heard.client.cursor, "0-e1");
});

test("it waits by full jitter, 0.5 to 20 s, and from the start again after 30 s of health", async () => {
    const world = new World();
    world.random = 0.999999;
    const heard = await world.open();
    const waits = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
        await world.gateway.cut();
        waits.push(heard.states.at(-1).retryAt - world.clock.now());
        await world.clock.advance(20_000);
    }
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000]);
    world.gateway.stream.write(":heartbeat\n\n");
    await world.clock.advance(30_000);
    await world.gateway.cut();
    assert.equal(heard.states.at(-1).retryAt - world.clock.now(), 1000);
    world.random = 0;
    await world.clock.advance(20_000);
    await world.gateway.cut();
    assert.equal(heard.states.at(-1).retryAt - world.clock.now(), 500);
});

test("`retry:` is how long it waits at least", async () => {
    const world = new World();
    world.gateway.retry = 2800;
    const heard = await world.open();
    await world.gateway.cut();
    assert.equal(heard.states.at(-1).retryAt - world.clock.now(), 2800);
});

test("the delay of `stream.closing` is obeyed to the millisecond, and waking does not shorten it", async () => {
    const world = new World();
    world.random = 0.9;
    const heard = await world.open();
    world.gateway.stream.tell({ type: "stream.closing", reason: "server_draining", reconnectAfterMilliseconds: 4321 });
    world.gateway.stream.end();
    await settle();
    const { state, reason, retryAt } = heard.states.at(-1);
    assert.deepEqual([state, reason, retryAt - world.clock.now()], ["waiting", "server_draining", 4321]);
    heard.wake();
    await world.clock.advance(4320);
    assert.equal(world.gateway.count(streams), 1);
    await world.clock.advance(1);
    assert.deepEqual([world.gateway.count(streams), heard.client.state], [2, "live"]);
});

test("a refusal in a stream is waited out", async () => {
    const world = new World();
    world.gateway.twist(streams, (request) => {
        const stream = world.gateway.openStream(request);
        stream.tell({ type: "stream.closing", reason: "limit_reached", reconnectAfterMilliseconds: 3000 });
        stream.end();
        return world.gateway.answer(stream);
    }, 5);
    const heard = await world.open();
    assert.deepEqual([heard.client.state, heard.client.status.reason], ["waiting", "limit_reached"]);
    await world.clock.advance(15_000);
    assert.equal(heard.client.state, "live", "and is no reason to poll");
});

for (const [status, code] of [[429, "rate_limited"], [503, "unavailable"]]) {
    test(`${status} with Retry-After is obeyed, spread a little`, async () => {
        const world = new World();
        world.random = 0.5;
        world.gateway.twist(streams, () => problem(status, code, { "Retry-After": "7" }));
        const heard = await world.open();
        const { state, reason, retryAt, error } = heard.states.at(-1);
        assert.deepEqual([state, reason, error.status, error.retryAfter], ["waiting", code, status, 7000]);
        assert.equal(retryAt - world.clock.now(), 7700);
        await world.clock.advance(7700);
        assert.equal(heard.client.state, "live");
    });
}

test("`retry()` and a wake-up do not wait for the jitter", async () => {
    for (const early of [(heard) => heard.client.retry(), (heard) => heard.wake()]) {
        const world = new World();
        const heard = await world.open();
        await world.gateway.cut();
        early(heard);
        await settle();
        assert.equal(heard.client.state, "live");
    }
});

test("silence of two and a half heartbeats is an end", async () => {
    const world = new World();
    world.gateway.heartbeatSeconds = 4;
    const heard = await world.open();
    for (let beat = 0; beat < 5; beat += 1) {
        await world.clock.advance(4000);
        world.gateway.stream.write(":heartbeat\n\n");
        await settle();
    }
    await world.clock.advance(9999);
    assert.equal(heard.client.state, "live");
    await world.clock.advance(1);
    assert.deepEqual([heard.client.state, heard.client.status.reason, world.gateway.live.size], ["waiting", "silence", 0]);
    await world.clock.advance(500);
    assert.equal(heard.client.state, "live");
});

test("after sleep a stream that has been silent is not believed", async () => {
    const world = new World();
    const heard = await world.open();
    world.clock.sleep(60_000);
    heard.wake();
    await settle();
    assert.equal(heard.client.status.reason, "silence");
    await world.clock.advance(500);
    assert.equal(heard.client.state, "live");
});

test("without a network it says that it is offline", async () => {
    const world = new World();
    const heard = await world.open();
    world.online = false;
    world.gateway.twist(streams, () => { throw new TypeError("fetch failed"); });
    await world.gateway.cut();
    await world.clock.advance(500);
    assert.deepEqual([heard.client.state, heard.client.status.reason], ["waiting", "offline"]);
    world.online = true;
    heard.wake();
    await settle();
    assert.equal(heard.client.state, "live");
});

test("a cursor that is not honoured brings a new state, and nothing twice", async () => {
    for (const [reason, spoil] of [
        ["epoch_changed", (gateway) => { [gateway.epoch, gateway.log] = ["e2", gateway.log.slice(0, 1)]; }],
        ["cursor_expired", (gateway) => { gateway.forgotten = 4; }],
        ["cursor_ahead", (gateway) => { gateway.log.length = 1; }],
    ]) {
        const world = new World();
        const heard = await world.open();
        for (let count = 0; count < 3; count += 1) await world.gateway.publish();
        world.gateway.twist(streams, () => { throw new TypeError("fetch failed"); });
        await world.gateway.cut();
        await world.gateway.publish();
        spoil(world.gateway);
        await world.clock.advance(5000);
        assert.deepEqual(heard.resyncs.map((resync) => resync.reason), [reason]);
        assert.deepEqual([heard.snapshots.length, heard.snapshots[1].cursor], [2, world.gateway.head]);
        assert.equal(heard.client.state, "live");
        const before = heard.seqs.length;
        const seq = await world.gateway.publish();
        assert.deepEqual(heard.seqs.slice(before), [seq]);
    }
});

test("a restart goes on in another epoch, and nothing is told twice or loaded again", async () => {
    for (const snapshot of [true, false]) {
        const world = new World();
        const heard = await world.open({ snapshot });
        for (const epoch of ["e2", "e3", "e4"]) {
            await world.gateway.publish();
            await world.gateway.cut();
            world.gateway.restart(epoch);
            await world.clock.advance(5000);
            await world.gateway.publish();
            await world.gateway.publish();
            assert.equal(heard.client.cursor, world.gateway.head);
        }
        assert.deepEqual(heard.seqs, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert.deepEqual([heard.resyncs, heard.snapshots.length, heard.client.state], [[], snapshot ? 1 : 0, "live"]);
    }
});

test("the cursor within a burst is one to come back with", async () => {
    const world = new World();
    for (let count = 0; count < 3; count += 1) await world.gateway.publish();
    world.gateway.restart("e2");
    for (let count = 0; count < 3; count += 1) await world.gateway.publish();
    const cursors = [];
    const heard = world.client({ snapshot: false, since: "1-e1" });
    heard.client.on("*", () => cursors.push(heard.client.cursor));
    heard.client.open();
    await settle();
    assert.deepEqual(heard.seqs, [2, 3, 4, 5, 6]);
    world.gateway.restart("e3");
    for (const since of cursors) {
        const again = await world.open({ snapshot: false, since });
        assert.deepEqual(again.resyncs, []);
        assert.equal(again.seqs.length, 6 - Number.parseInt(since, 10));
    }
});

test("without snapshots a resync is told, and events go on from the head", async () => {
    const world = new World();
    const heard = await world.open({ snapshot: false });
    await world.gateway.publish();
    await world.gateway.cut();
    world.gateway.epoch = "e2";
    await world.clock.advance(500);
    await world.gateway.publish();
    assert.deepEqual(heard.resyncs, [{ reason: "epoch_changed", cursor: "1-e2" }]);
    assert.deepEqual([heard.seqs, heard.snapshots, heard.client.state], [[1, 2], [], "live"]);
});

test("`since` is where it begins without a snapshot", async () => {
    const world = new World();
    for (let count = 0; count < 3; count += 1) await world.gateway.publish();
    const heard = await world.open({ snapshot: false, since: "1-e1" });
    assert.deepEqual(heard.seqs, [2, 3]);
});

test("the state is loaded again and again until it is there", async () => {
    const world = new World();
    world.gateway.twist("GET /api/boards/main/snapshot", () => problem(503, "unavailable", { "Retry-After": "2" }), 3);
    const heard = await world.open();
    await world.gateway.publish();
    await world.clock.advance(6000);
    assert.deepEqual([heard.snapshots.length, heard.snapshots[0].tasks.length, heard.seqs], [1, 1, []]);
    assert.deepEqual(heard.names, ["connecting", "live"]);
});

test("a board that is deleted while the state is loaded is left out, unless it was asked for", async () => {
    const world = new World();
    world.gateway.twist("GET /api/boards", ({ line }) =>
        line === "GET /api/boards" ? Response.json({ items: [{ id: "main" }, { id: "side" }] }) : undefined, 1);
    world.gateway.twist("GET /api/boards/side/snapshot", () => problem(404, "not_found"), 2);
    const heard = await world.open({ boards: undefined });
    assert.deepEqual([heard.client.state, heard.snapshots[0].boards], ["live", [{ id: "main" }]]);
    const asked = await world.open({ boards: ["side"] });
    assert.deepEqual([asked.client.state, asked.client.status.reason], ["closed", "not_found"]);
});

test("a stream of a database that is gone is not taken for the present one's", async () => {
    const world = new World();
    world.gateway.twist("GET /api/boards/main/snapshot", () => Response.json({
        board: { id: "main" }, tasks: [], cursor: "0-e2",
    }), Infinity);
    const heard = await world.open();
    await world.clock.advance(1000);
    assert.equal(heard.snapshots.length, 2, "it looks again, once");
});

test("a reader that is kept waiting reads from the log what it could not keep", async () => {
    const world = new World();
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    world.gateway.twist("GET /api/boards/main/snapshot", () => held);
    const heard = await world.open();
    for (let count = 0; count < 1200; count += 1) {
        await world.gateway.publish();
    }
    release(Response.json({ board: { id: "main" }, tasks: [], cursor: "0-e1" }));
    await settle();
    await world.gateway.publish();
    await settle();
    assert.deepEqual(heard.seqs, Array.from({ length: 1201 }, (_, index) => index + 1));
});

test("what no retry can mend is the end, with the reason", async () => {
    for (const [status, code] of [[400, "invalid_query"], [403, "board_forbidden"], [404, "not_found"]]) {
        const world = new World();
        const heard = await world.open();
        world.gateway.twist(streams, () => problem(status, code), 9);
        await world.gateway.cut();
        await world.clock.advance(60_000);
        const { state, reason, error } = heard.states.at(-1);
        assert.deepEqual([state, reason, error.detail], ["closed", code, `It is ${code}.`]);
        assert.equal(world.gateway.count(streams), 2);
    }
});

test("an admin's cut without return is the end", async () => {
    const world = new World();
    const heard = await world.open();
    world.gateway.stream.tell({ type: "stream.closing", reason: "admin", reconnect: false });
    world.gateway.stream.end();
    await world.clock.advance(60_000);
    assert.deepEqual([heard.client.state, heard.client.status.reason, world.gateway.count(streams)], ["closed", "admin", 1]);
});

test("closed is closed: by a listener in the middle of a chunk, and until it is opened again", async () => {
    const world = new World();
    const heard = await world.open();
    heard.client.on("task.created", () => heard.client.close());
    const frame = (seq) => `id: ${seq}-e1\ndata: ${JSON.stringify({ type: "task.created", seq, boardId: "main" })}\n\n`;
    world.gateway.log.length = 2;
    world.gateway.stream.write(frame(1) + frame(2));
    await world.clock.advance(60_000);
    assert.deepEqual([heard.seqs, heard.names.at(-1), world.gateway.live.size], [[1], "closed", 0]);
    assert.equal(heard.wake, null, "nothing of it is left behind");
    heard.client.open();
    await settle();
    assert.deepEqual([heard.client.state, heard.snapshots.length], ["live", 2]);
});
