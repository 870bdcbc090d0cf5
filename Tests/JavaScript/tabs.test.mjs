import assert from "node:assert/strict";
import { test } from "node:test";
import { Browser } from "./browser.mjs";
import { settle } from "./clock.mjs";
import { problem } from "./fake-gateway.mjs";

const streams = "GET /sse/connect";

async function openTabs(browser, count, options) {
    const tabs = [];
    while (tabs.length < count) tabs.push(await browser.open(options));
    await settle();
    return tabs;
}

/** What a tab knows: all of it is in its state, or was told, and nothing is both. */
function known({ snapshots, events }) {
    const { tasks } = snapshots.at(-1);
    return [...tasks.map(({ id }) => id), ...events.flatMap(({ seq }) => seq ?? [])];
}

function assertComplete(browser, tabs) {
    const all = browser.world.gateway.log.map(({ seq }) => seq);
    for (const [index, tab] of tabs.entries()) assert.deepEqual(known(tab), all, `tab ${index}`);
}

const live = (tabs) => tabs.map(({ client }) => client.state);

test("seven tabs are live on one stream, and each is told every event once", async () => {
    const browser = new Browser();
    const { gateway } = browser.world;
    await gateway.publish();
    const tabs = await openTabs(browser, 7);
    for (let count = 0; count < 10; count += 1) await gateway.publish();
    assert.deepEqual(live(tabs), Array(7).fill("live"));
    assert.deepEqual([gateway.live.size, gateway.opened.length], [1, 1]);
    assert.deepEqual(tabs.map(({ client }) => client.status.transport), ["stream", ...Array(6).fill("shared")]);
    assert.deepEqual(new Set(tabs.map(({ client }) => client.connectionId)), new Set(["c1"]));
    assertComplete(browser, tabs);
});

for (const [how, leave] of [
    ["closed", (browser, tab) => tab.client.close()], ["crashed", (browser, tab) => browser.crash(tab)],
    ["about to be frozen", (browser, tab) => tab.freeze()],
]) {
    test(`when the leading tab is ${how} the next one goes on from its cursor`, async () => {
        const browser = new Browser();
        const { gateway, clock } = browser.world;
        const tabs = await openTabs(browser, 4);
        for (let round = 0; round < 3; round += 1) {
            await gateway.publish();
            leave(browser, tabs.shift());
            await gateway.publish();
            await settle();
            await gateway.publish();
            assert.deepEqual([live(tabs), gateway.live.size], [tabs.map(() => "live"), 1]);
            assertComplete(browser, tabs);
        }
        await clock.advance(10);
        assert.deepEqual(gateway.opened.map(({ since }) => since), ["0-e1", "1-e1", "4-e1", "7-e1"]);
    });
}

test("a frozen leader is replaced, and follows when it thaws", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const tabs = await openTabs(browser, 4);
    await gateway.publish();
    browser.freeze(tabs[0]);
    await gateway.publish();
    await clock.advance(15_500);
    assertComplete(browser, tabs.slice(1));
    assert.deepEqual(live(tabs.slice(1)), ["live", "live", "live"]);
    await gateway.publish();
    tabs[0].tab.stream.break();
    await settle();
    assert.deepEqual(live(tabs.slice(1)), ["live", "live", "live"], "nobody minds what the old leader says");
    browser.thaw(tabs[0]);
    await settle();
    await gateway.publish();
    await clock.advance(1000);
    assert.deepEqual([live(tabs), gateway.live.size], [Array(4).fill("live"), 1]);
    assertComplete(browser, tabs);
});

test("who was welcomed by one that leads no more finds the one that does", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const tabs = await openTabs(browser, 3);
    browser.freeze(tabs[0]);
    await clock.advance(15_500);
    tabs.push(await browser.open());
    browser.thaw(tabs[0]);
    tabs.push(await browser.open());
    await gateway.publish();
    await clock.advance(1000);
    assert.deepEqual([live(tabs), gateway.live.size], [Array(5).fill("live"), 1]);
    assertComplete(browser, tabs);
});

test("a leader that has nothing to say says so, and is not replaced", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const tabs = await openTabs(browser, 3);
    for (let beat = 0; beat < 20; beat += 1) {
        await clock.advance(18_000);
        gateway.stream.write(":heartbeat\n\n");
        await settle();
    }
    assert.deepEqual([live(tabs), gateway.opened.length], [Array(3).fill("live"), 1]);
});

test("a tab that was asleep with all others takes no lock", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const tabs = await openTabs(browser, 3);
    await clock.advance(9_000);
    clock.sleep(3_600_000);
    for (const tab of tabs) tab.wake();
    await clock.advance(30_000);
    assert.deepEqual([live(tabs), gateway.live.size, gateway.opened.length], [Array(3).fill("live"), 1, 2]);
    assert.deepEqual(tabs.map(({ client }) => client.status.transport), ["stream", "shared", "shared"]);
});

test("tabs with different boards share one stream of them all, and each is told of its own", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const main = await browser.open();
    const side = await browser.open({ boards: ["side"] });
    await clock.advance(50);
    for (const boardId of ["main", "side", "main", "side", undefined]) await gateway.publish("task.created", { boardId });
    assert.deepEqual([main.seqs, side.seqs], [[1, 3, 5], [2, 4, 5]]);
    assert.deepEqual([gateway.live.size, gateway.stream.board], [1, ["main", "side"]]);
    assert.deepEqual(live([main, side]), ["live", "live"]);
    const all = await browser.open({ boards: undefined });
    await clock.advance(50);
    await gateway.publish("note.made", { userId: "ann" });
    assert.deepEqual([main.seqs, side.seqs, all.seqs], [[1, 3, 5], [2, 4, 5], [6]], "a list leaves out the user's own room");
    assert.equal(gateway.live.size, 1);
});

test("a tab's boards leave with it", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const main = await browser.open();
    const side = await browser.open({ boards: ["side"] });
    await clock.advance(50);
    side.freeze();
    await clock.advance(5000);
    assert.deepEqual(gateway.stream.board, ["main"]);
    side.wake();
    await clock.advance(50);
    await gateway.publish("task.created", { boardId: "side" });
    assert.deepEqual([gateway.stream.board, side.seqs, live([main, side])], [["main", "side"], [1], ["live", "live"]]);
});

test("a new leader asks for the boards of those who are there, and of nobody else", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const first = await browser.open();
    const [second, side, gone] = [
        await browser.open(), await browser.open({ boards: ["side"] }), await browser.open({ boards: ["gone"] }),
    ];
    await clock.advance(50);
    browser.crash(gone);
    first.client.close();
    await clock.advance(50);
    await gateway.publish("task.created", { boardId: "side" });
    assert.deepEqual([gateway.stream.board, second.seqs, side.seqs], [["main", "side"], [], [1]]);
});

test("more boards than a request may name are all of them", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const boards = (letter) => Array.from({ length: 60 }, (_, index) => `${letter}${index}`);
    const tabs = [await browser.open({ boards: boards("a") }), await browser.open({ boards: boards("b") })];
    await clock.advance(50);
    await gateway.publish("task.created", { boardId: "b7" });
    assert.deepEqual([gateway.stream.board, ...tabs.map(({ seqs }) => seqs)], [[], [], [1]]);
});

test("what was opened and closed at once opens nothing", async () => {
    const browser = new Browser();
    const { client } = browser.world.client({ environment: { locks: {}, BroadcastChannel: class {} } });
    client.open();
    client.close();
    await settle();
    assert.deepEqual([client.state, browser.world.gateway.opened], ["closed", []]);
});

test("other types are another stream", async () => {
    const browser = new Browser();
    await browser.open();
    await browser.open({ types: ["task.*"] });
    assert.deepEqual([...browser.world.gateway.live].map(({ types }) => types), [null, "task.*"]);
});

test("what another board's tab missed before the stream was widened is caught up", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    await browser.open();
    const side = await browser.open({ boards: ["side"] });
    await gateway.publish("task.created", { boardId: "side" });
    await gateway.publish("task.created", { boardId: "main" });
    await clock.advance(50);
    await gateway.publish("task.created", { boardId: "side" });
    assert.deepEqual(side.seqs, [1, 3]);
});

test("a board that is gone ends the tab that shows it, and no other", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const missing = ({ query }) => query.getAll("board").includes("side") ? problem(404, "not_found") : undefined;
    const [one, two] = await openTabs(browser, 2);
    const side = await browser.open({ boards: ["side"] });
    await clock.advance(50);
    assert.deepEqual(live([one, two, side]), ["live", "live", "live"]);
    gateway.twist("GET", missing, Infinity);
    await gateway.cut();
    await gateway.publish();
    await clock.advance(1000);
    assert.deepEqual(live([one, two, side]), ["live", "live", "closed"]);
    assert.deepEqual([side.client.status.reason, gateway.live.size, one.seqs, two.seqs], ["not_found", 1, [1], [1]]);
    assert.ok(gateway.count(streams) < 10);
});

test("a leader whose board is gone ends, and the others go on", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const side = await browser.open({ boards: ["side"] });
    const [one, two] = await openTabs(browser, 2);
    await clock.advance(50);
    gateway.twist("GET", ({ query }) =>
        query.getAll("board").includes("side") ? problem(404, "not_found") : undefined, Infinity);
    await gateway.cut();
    await clock.advance(1000);
    await gateway.publish();
    assert.deepEqual(live([side, one, two]), ["closed", "live", "live"]);
    assert.deepEqual([one.seqs, two.seqs, gateway.live.size], [[1], [1], 1]);
});

test("who comes later is told who is there", async () => {
    const browser = new Browser();
    const { gateway } = browser.world;
    await browser.open();
    for (const event of [
        { type: "presence.state", users: ["ann", "ben"], count: 2 }, { type: "presence.joined", userId: "cat" },
        { type: "presence.left", userId: "ben" },
    ]) gateway.stream.tell({ boardId: "main", ...event });
    await settle();
    const late = await browser.open();
    await settle();
    const [{ type, boardId, users, count }] = late.events;
    assert.deepEqual({ type, boardId, users, count }, { type: "presence.state", boardId: "main", users: ["ann", "cat"], count: 2 });
    assert.equal(late.events.length, 1);
});

test("a leader without a good token makes way for a tab that has one", async () => {
    const browser = new Browser();
    const { gateway, clock, world } = { ...browser.world, world: browser.world };
    let refused = false;
    const bad = world.token({ jti: "bad" });
    gateway.twist("GET", ({ token }) => refused && token === bad ? problem(401, "invalid_token") : undefined, Infinity);
    const first = await browser.open({ token: () => bad });
    const second = await browser.open();
    refused = true;
    await gateway.cut();
    await gateway.publish();
    await clock.advance(5000);
    assert.deepEqual(live([first, second]), ["unauthorized", "live"]);
    assert.deepEqual([second.seqs, second.client.status.transport], [[1], "stream"]);
});

test("an admin's cut is for all tabs", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const tabs = await openTabs(browser, 3);
    gateway.stream.tell({ type: "stream.closing", reason: "admin", reconnect: false });
    gateway.stream.end();
    await clock.advance(60_000);
    assert.deepEqual([live(tabs), gateway.opened.length], [Array(3).fill("closed"), 1]);
    assert.equal(tabs[2].client.status.error.code, "admin");
});

test("all tabs know when the next attempt is, and each can have it at once", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const tabs = await openTabs(browser, 3);
    await gateway.cut();
    assert.deepEqual(live(tabs), Array(3).fill("waiting"));
    assert.deepEqual(new Set(tabs.map(({ client }) => client.status.retryAt)), new Set([clock.now() + 500]));
    assert.equal(tabs[2].client.status.error.constructor.name, "BoardcastError");
    tabs[2].client.retry();
    await settle();
    assert.deepEqual(live(tabs), Array(3).fill("live"));
});

test("polls are shared too", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    gateway.twist(streams, () => problem(505, "version"), Infinity);
    const tabs = await openTabs(browser, 3);
    await clock.advance(1000);
    await gateway.publish();
    await settle();
    assert.deepEqual(tabs.map(({ client }) => [client.state, client.status.transport]),
        [["polling", "poll"], ["polling", "shared"], ["polling", "shared"]]);
    assertComplete(browser, tabs);
});

test("a new state is loaded by every tab", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const tabs = await openTabs(browser, 3);
    await gateway.publish();
    await gateway.cut();
    gateway.epoch = "e2";
    await clock.advance(1000);
    const before = gateway.log.length;
    await gateway.publish();
    for (const { resyncs, snapshots, seqs } of tabs) {
        assert.deepEqual([resyncs.length, snapshots.length, snapshots[1].tasks.length, seqs.at(-1)], [1, 2, before, before + 1]);
    }
});

test("a restart under several tabs costs none of them its state", async () => {
    const browser = new Browser();
    const { gateway, clock } = browser.world;
    const tabs = await openTabs(browser, 3);
    await gateway.publish();
    await gateway.cut();
    gateway.restart("e2");
    await clock.advance(1000);
    await gateway.publish();
    // One that comes now has its state from another epoch than the leader's next events follow.
    tabs.push(await browser.open());
    gateway.restart("e3");
    await gateway.publish();
    await gateway.publish();
    for (const { resyncs, snapshots, seqs } of tabs) {
        assert.deepEqual([resyncs, snapshots.length, seqs.at(-1)], [[], 1, gateway.log.length]);
    }
    assertComplete(browser, tabs);
});

test("other claims are another stream, another token of the same is not", async () => {
    const browser = new Browser();
    const { gateway, world } = { ...browser.world, world: browser.world };
    await browser.open({ token: () => world.token({ jti: "1", iat: 1 }) });
    await browser.open({ token: () => world.token({ jti: "2", iat: 2 }) });
    assert.equal(gateway.live.size, 1);
    await browser.open({ token: () => world.token({ sub: "ben" }) });
    assert.equal(gateway.live.size, 2);
    await browser.open({ shared: false });
    assert.equal(gateway.live.size, 3);
});

test("a page that may have no locks has a stream of its own", async () => {
    const browser = new Browser();
    const denied = { request: () => Promise.reject(new DOMException("denied", "SecurityError")) };
    const tabs = await openTabs(browser, 2, { environment: { locks: denied } });
    await browser.world.gateway.publish();
    assert.deepEqual([live(tabs), browser.world.gateway.live.size], [["live", "live"], 2]);
    assertComplete(browser, tabs);
});

/** Repeatable chance (mulberry32). */
function chance(seed) {
    return () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let bits = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
        return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
    };
}

test("whatever tabs and gateway do, every tab that is there knows everything once", async () => {
    for (let seed = 1; seed <= 25; seed += 1) {
        const browser = new Browser();
        const { gateway, clock } = browser.world;
        const random = chance(seed);
        const pick = (list) => list[Math.floor(random() * list.length)];
        let tabs = [];
        const frozen = new Set();
        for (let step = 0; step < 60; step += 1) {
            const one = pick(tabs);
            const act = pick(["publish", "publish", "publish", "open", "close", "crash", "freeze", "thaw", "cut", "wait", "fail"]);
            if (act === "publish") await gateway.publish();
            if (act === "open" && tabs.length < 6) tabs.push(await browser.open());
            if (act === "close" || act === "crash") {
                if (one && act === "close" && !frozen.has(one)) one.client.close();
                else if (one) browser.crash(one);
                tabs = tabs.filter((tab) => tab !== one);
                frozen.delete(one);
            }
            if (act === "freeze" && one && !frozen.has(one)) {
                browser.freeze(one);
                frozen.add(one);
            }
            if (act === "thaw") {
                for (const tab of frozen) browser.thaw(tab);
                frozen.clear();
            }
            if (act === "cut") await gateway.cut();
            if (act === "fail") gateway.twist("GET", () => { throw new TypeError("fetch failed"); }, 3);
            if (act === "wait") {
                gateway.stream?.write(":heartbeat\n\n");
                await clock.advance(random() * 20_000);
            }
        }
        gateway.twist("GET", () => undefined, Infinity);
        for (const tab of frozen) browser.thaw(tab);
        for (let second = 0; second < 120; second += 1) {
            gateway.stream?.write(":heartbeat\n\n");
            await clock.advance(1000);
        }
        await gateway.publish();
        await settle();
        assert.deepEqual(live(tabs), tabs.map(() => "live"), `seed ${seed}`);
        assert.ok(gateway.live.size === (tabs.length > 0 ? 1 : 0), `seed ${seed}: ${gateway.live.size} streams`);
        for (const tab of tabs) {
            assert.deepEqual(known(tab), gateway.log.map(({ seq }) => seq), `seed ${seed}`);
            assert.equal(tab.snapshots.length, 1);
        }
    }
});
