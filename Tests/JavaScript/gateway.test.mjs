import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { after, before, test } from "node:test";
import { BoardcastError } from "../../Sources/WebClient/Assets/sdk/boardcast.js";
import { Gateway, until } from "./gateway.mjs";

let gateway;
before(async () => { gateway = await new Gateway().start(); });
after(() => gateway.dispose());

/** What a client knows: tasks of its last state, and every event told. */
function follow(client) {
    const known = { snapshots: [], events: [], resyncs: [] };
    client.on("snapshot", (snapshot) => known.snapshots.push(snapshot));
    client.on("resync", (resync) => known.resyncs.push(resync));
    client.on("*", (event) => event.seq && known.events.push(event));
    client.open();
    return known;
}

const isLive = (client) => until(client, () => client.state === "live", "it is live");

test("calls do what they say", async () => {
    const client = gateway.client("ann");
    const { task, seq } = await client.createTask({ name: "one", boardId: "main" }, { idempotencyKey: "k1" });
    assert.deepEqual(await client.createTask({ name: "one", boardId: "main" }, { idempotencyKey: "k1" }), { task, seq });
    const renamed = await client.updateTask(task.id, { name: "two" }, { version: task.version });
    assert.deepEqual([renamed.task.name, renamed.task.version, renamed.seq], ["two", 2, seq + 1]);
    await assert.rejects(client.updateTask(task.id, { name: "three" }, { version: 1 }), (error) => {
        assert.ok(error instanceof BoardcastError);
        assert.deepEqual([error.status, error.code, error.problem.task.name], [412, "version_mismatch", "two"]);
        return true;
    });
    assert.equal((await client.moveTask(task.id, { status: "done", after: null })).task.status, "done");
    assert.ok((await client.snapshot("main")).tasks.some(({ id }) => id === task.id));
    assert.deepEqual((await client.boards()).map(({ id }) => id), ["main"]);
    await client.typing("main", task.id, true);
    await client.deleteTask(task.id, { version: 3 });
    await assert.rejects(client.request("GET", `/api/tasks/${task.id}`), { status: 404 });
    await assert.rejects(client.createTask({ name: "" }), ({ status, detail }) => status >= 400 && detail.includes("name"));
});

test("a token that is none is unauthorized, a board that is none is closed", async () => {
    const nobody = gateway.client("ann", { token: "nonsense" });
    nobody.open();
    await until(nobody, () => nobody.state === "unauthorized", "it is refused");
    assert.equal(nobody.status.reason, "invalid_token");
    const nowhere = gateway.client("ann", { boards: ["nowhere"] });
    nowhere.open();
    await until(nowhere, () => nowhere.state === "closed", "it is closed");
    assert.equal(nowhere.status.reason, "not_found");
});

test("through kill -9, again and again, eight writers lose nothing and readers hear all of it once", async () => {
    const readers = [gateway.client("ann"), gateway.client("ben", { boards: undefined })];
    const known = readers.map(follow);
    await Promise.all(readers.map(isLive));
    const acknowledged = [];
    const perWriter = 25;

    async function write(name) {
        const client = gateway.client(name);
        for (let count = 0; count < perWriter; count += 1) {
            const idempotencyKey = `${name}-${count}`;
            for (;;) {
                const made = await client.createTask({ name: idempotencyKey }, { idempotencyKey }).catch((error) => {
                    if (error.status !== 0 && error.status !== 503) throw error;
                });
                if (!made) continue;
                acknowledged.push(made.seq);
                break;
            }
        }
    }
    const writers = Promise.all(Array.from({ length: 8 }, (_, index) => write(`writer${index}`)));
    for (const share of [0.2, 0.4, 0.7]) {
        const [{ events }] = known;
        await until(readers[0], () => acknowledged.length > share * 8 * perWriter, "they write");
        assert.ok(events.length > 0);
        await gateway.kill();
        await gateway.start();
    }
    await writers;
    const last = Math.max(...acknowledged);
    for (const [index, reader] of readers.entries()) {
        const { snapshots, events, resyncs } = known[index];
        await until(reader, () => events.at(-1)?.seq >= last, "the last event is here");
        const seqs = events.map(({ seq }) => seq);
        const first = Number.parseInt(snapshots[0].cursor, 10) + 1;
        assert.deepEqual(seqs, Array.from({ length: seqs.length }, (_, offset) => first + offset));
        assert.deepEqual([snapshots.length, resyncs.length], [1, 0]);
        assert.equal(new Set(events.map(({ op }) => op)).size, 8 * perWriter, "each write once");
        reader.close();
    }
    assert.equal(new Set(acknowledged).size, 8 * perWriter);
});

test("a stream outlives its tokens", async () => {
    const exact = await new Gateway({ BOARDCAST_AUTH_LEEWAY_SECONDS: "0" }).start();
    try {
        const tokens = [];
        const client = exact.client("ann", {
            token: () => {
                tokens.push(exact.mint("ann", "--ttl", "3s"));
                return tokens.at(-1);
            },
        });
        const { events } = follow(client);
        await isLive(client);
        const id = client.connectionId;
        const { exp } = JSON.parse(Buffer.from(tokens[0].split(".")[1], "base64url"));
        const writer = exact.client("ben");
        while (Date.now() < (exp + 2) * 1000) {
            const { seq } = await writer.createTask({ name: "tick" });
            await until(client, () => events.at(-1)?.seq === seq, "the event is here");
        }
        assert.equal(client.connectionId, id, "it is the same stream");
        assert.ok(tokens.length >= 3);
        client.close();
    } finally {
        await exact.dispose();
    }
});

test("a job is followed to its end, through kill -9", async () => {
    const client = gateway.client("ann");
    const make = async (name) => (await client.request("POST", "/api/jobs", { body: { name, boardId: "main" } })).body.job;
    const job = client.job((await make("import")).id);
    const path = `/api/jobs/${job.id}`;
    const told = [];
    const at = (progress) => new Promise((resolve) => job.on("progress", (state) => state.progress === progress && resolve()));
    job.on("progress", ({ progress }) => told.push(progress));
    const thirty = at(30);
    await client.request("PATCH", path, { body: { progress: 30 } });
    await thirty;
    await gateway.kill();
    await gateway.start();
    const sixty = at(60);
    await client.request("PATCH", path, { body: { progress: 60 } });
    await sixty;
    await client.request("PATCH", path, { body: { status: "completed", result: { made: 3 } } });
    assert.deepEqual((await job.finished).result, { made: 3 });
    assert.deepEqual(told, [...told].sort((one, other) => one - other));
    const cancelled = client.job((await make("another")).id);
    await cancelled.cancel();
    await assert.rejects(cancelled.finished, { code: "job_failed", message: "cancelled" });
    await assert.rejects(client.job("nothing").finished, { status: 404 });
});

test("a database that is another one brings a new state", async () => {
    const other = await new Gateway().start();
    try {
        const client = other.client("ann");
        const known = follow(client);
        await isLive(client);
        await client.createTask({ name: "lost" });
        await until(client, () => known.events.length === 1, "the event is here");
        await other.kill();
        other.forget();
        await other.start();
        await until(client, () => known.snapshots.length === 2 && client.state === "live", "there is a new state");
        assert.deepEqual(known.resyncs.map(({ reason }) => reason), ["epoch_changed"]);
        assert.deepEqual(known.snapshots[1].tasks, []);
        await client.createTask({ name: "kept" });
        await until(client, () => known.events.at(-1).task.name === "kept", "the event is here");
        client.close();
    } finally {
        await other.dispose();
    }
});

test("behind a proxy that holds streams back it polls, and streams when they get through", async (t) => {
    let buffers = true;
    const proxy = createServer((incoming, outgoing) => {
        const { pathname } = new URL(incoming.url, gateway.url);
        const onward = request(gateway.url + incoming.url, { method: incoming.method, headers: incoming.headers }, (answer) => {
            outgoing.writeHead(answer.statusCode, answer.headers);
            outgoing.flushHeaders();
            if (pathname === "/sse/connect" && buffers) answer.resume();
            else answer.pipe(outgoing);
        });
        onward.on("error", () => outgoing.destroy());
        outgoing.on("close", () => onward.destroy());
        incoming.pipe(onward);
    });
    await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    t.after(() => {
        proxy.closeAllConnections();
        proxy.close();
    });
    const client = gateway.client("ann", {
        url: `http://127.0.0.1:${proxy.address().port}`,
        // The stream's five seconds need not be waited for.
        environment: { setTimeout: (action, milliseconds) => setTimeout(action, milliseconds / 20) },
    });
    const { events } = follow(client);
    await until(client, () => client.state === "polling", "it polls");
    const writer = gateway.client("ben");
    const seqs = [];
    for (let count = 0; count < 20; count += 1) seqs.push((await writer.createTask({ name: "tick" })).seq);
    await until(client, () => events.at(-1)?.seq === seqs.at(-1), "polls bring them");
    buffers = false;
    client.retry();
    seqs.push((await writer.createTask({ name: "tick" })).seq);
    await until(client, () => client.state === "live", "a stream is taken");
    seqs.push((await writer.createTask({ name: "tick" })).seq);
    await until(client, () => events.at(-1)?.seq === seqs.at(-1), "the stream brings it");
    assert.deepEqual(events.map(({ seq }) => seq), seqs);
    client.close();
});
