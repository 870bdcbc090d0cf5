import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./clock.mjs";
import { problem } from "./fake-gateway.mjs";
import { World } from "./world.mjs";

const streams = "GET /api/jobs/j1/stream";

/** Follows a job whose streams are told what to say, one after the other. */
async function follow(...scripts) {
    const world = new World();
    for (const script of scripts) {
        world.gateway.twist(streams, (request) => {
            const stream = world.gateway.openStream(request);
            for (const [name, state] of script) stream.write(`event: ${name}\ndata: ${JSON.stringify(state)}\n\n`);
            return world.gateway.answer(stream);
        });
    }
    const job = world.client().client.job("j1");
    const heard = [];
    for (const name of ["progress", "completed", "failed"]) job.on(name, ({ progress = null }) => heard.push([name, progress]));
    await settle();
    return { world, job, heard, stream: () => world.gateway.stream };
}

test("a job is followed to its end", async () => {
    const { job, heard, world } = await follow(
        [["progress", { progress: 10 }], ["heartbeat", {}], ["completed", { progress: 100, result: { made: 3 } }]]);
    assert.deepEqual(heard, [["progress", 10], ["completed", 100]]);
    assert.deepEqual(await job.finished, { progress: 100, result: { made: 3 } });
    await world.clock.advance(120_000);
    assert.equal(world.gateway.count(streams), 1);
});

test("over streams that break, end and fall silent", async () => {
    const progress = (value) => [["progress", { progress: value }]];
    const { world, job, heard, stream } = await follow(
        progress(10), progress(20), progress(30), [["completed", { progress: 100 }]]);
    stream().break();
    await world.clock.advance(500);
    stream().end();
    await world.clock.advance(500);
    await world.clock.advance(50_500);
    assert.deepEqual(heard, [["progress", 10], ["progress", 20], ["progress", 30], ["completed", 100]]);
    await job.finished;
});

test("one that failed rejects, with what it said", async () => {
    const { job, heard } = await follow([["failed", { status: "failed", error: "out of paper" }]]);
    assert.deepEqual(heard, [["failed", null]]);
    await assert.rejects(job.finished, { code: "job_failed", message: "out of paper", problem: { status: "failed", error: "out of paper" } });
});

test("one that is unknown rejects with the refusal; one that is refused for now is asked again", async () => {
    const world = new World();
    world.gateway.twist(streams, () => problem(503, "unavailable", { "Retry-After": "3" }));
    world.gateway.twist(streams, () => problem(404, "not_found"));
    const job = world.client().client.job("j1");
    await world.clock.advance(2999);
    assert.equal(world.gateway.count(streams), 1);
    await world.clock.advance(1);
    await assert.rejects(job.finished, { status: 404, code: "not_found" });
});

test("where streams do not get through it is asked after", async () => {
    const world = new World();
    world.gateway.twist(streams, ({ signal }) => world.gateway.never({ signal }), Infinity);
    const states = [{ status: "processing", progress: 40 }, { status: "completed", progress: 100 }];
    world.gateway.twist("GET /api/jobs/j1", ({ line }) => line === "GET /api/jobs/j1" ? Response.json(states.shift()) : undefined, Infinity);
    const job = world.client().client.job("j1");
    const heard = [];
    for (const name of ["progress", "completed"]) job.on(name, ({ progress }) => heard.push([name, progress]));
    await world.clock.advance(60_000);
    assert.deepEqual(heard, [["progress", 40], ["completed", 100]]);
    assert.equal((await job.finished).status, "completed");
});

test("it can be cancelled, and left alone", async () => {
    const { world, job, stream } = await follow([["progress", { progress: 10 }]]);
    await job.cancel();
    assert.equal(world.gateway.requests.at(-1).line, "POST /api/jobs/j1/cancel");
    const { body } = stream();
    assert.ok(body.locked);
    job.close();
    await world.clock.advance(120_000);
    assert.deepEqual([world.gateway.live.size, world.gateway.count(streams)], [0, 1]);
});
