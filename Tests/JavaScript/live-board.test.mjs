// The state of a board, kept by what a client tells.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Boardcast } from "../../Sources/WebClient/Assets/sdk/boardcast.js";
import { LiveBoard } from "../../Sources/WebClient/Assets/sdk/live-board.js";
import { problem } from "./fake-gateway.mjs";
import { World } from "./world.mjs";

/** A client that tells what it is told to. */
class Client {
    #listeners = new Map();

    on(name, listener) {
        this.#listeners.set(name, listener);
        return () => this.#listeners.delete(name);
    }

    tell(name, event) {
        this.#listeners.get(name)?.(event);
    }
}

const column = (id, name = id) => ({ id, name, limit: null });
const board = { id: "main", name: "Main", columns: [column("inbox"), column("done")], statuses: ["inbox", "done"] };
const task = (id, status, rank, more = {}) => ({ id, boardId: "main", status, rank, name: `Task ${id}`, version: 1, ...more });

function opened() {
    const client = new Client();
    const live = new LiveBoard(client, "main");
    const changes = [];
    live.on("change", (change) => changes.push(change));
    client.tell("snapshot", { boards: [{ id: "other" }, board], tasks: [
        task(1, "inbox", "b"), task(2, "inbox", "a"), task(3, "inbox", "B"), task(4, "done", "a"), task(5, "gone", "a"),
        { ...task(6, "inbox", "a"), boardId: "other" },
    ] });
    return { client, live, changes };
}

const ids = ({ columns }) => columns.map(({ id, tasks }) => [id, ...tasks.map(({ id }) => id)].join(" "));

test("tasks are in their columns, in the order of their ranks by bytes", () => {
    const { live, changes } = opened();
    assert.deepEqual(ids(live), ["inbox 3 2 1", "done 4"]);
    assert.deepEqual([live.size, live.board.name, live.task(4).status, live.task(6)], [5, "Main", "done", undefined]);
    assert.deepEqual(changes, [{ kind: "snapshot" }]);
});

test("each event changes it, and says what became of what", () => {
    const { client, live, changes } = opened();
    const tell = (type, task) => client.tell("task.*", { type, boardId: task.boardId, taskId: task.id, task });
    tell("task.created", task(7, "done", "0"));
    tell("task.status_changed", task(1, "done", "5", { version: 2 }));
    tell("task.deleted", task(4, "done", "a"));
    tell("task.created", { ...task(8, "done", "0"), boardId: "other" });
    assert.deepEqual(ids(live), ["inbox 3 2", "done 7 1"]);
    assert.deepEqual(changes.slice(1).map(({ kind, id, task, before }) => [kind, id, task?.status, before?.status]), [
        ["task", 7, "done", undefined], ["task", 1, "done", "inbox"], ["task", 4, undefined, "done"]]);
    client.tell("board.*", { type: "board.updated", boardId: "main", board: { ...board, columns: [column("done", "Fertig"), column("gone")] } });
    assert.deepEqual([ids(live), live.columns[0].name], [["done 7 1", "gone 5"], "Fertig"]);
});

test("the columns are the same object until something changes", () => {
    const { client, live } = opened();
    const before = live.columns;
    assert.equal(live.columns, before);
    client.tell("task.*", { type: "task.deleted", boardId: "main", taskId: 1 });
    assert.notEqual(live.columns, before);
    assert.deepEqual(before[0].tasks.map(({ id }) => id), [3, 2, 1], "what was given out stays as it was");
});

test("a board that is gone is empty, and may come back", () => {
    const { client, live, changes } = opened();
    client.tell("board.*", { type: "board.deleted", boardId: "main" });
    assert.deepEqual([live.isGone, live.board, live.size, live.columns], [true, null, 0, []]);
    client.tell("board.*", { type: "board.created", boardId: "main", board });
    assert.deepEqual([live.isGone, ids(live)], [false, ["inbox", "done"]]);
    client.tell("snapshot", { boards: [], tasks: [] });
    assert.deepEqual([live.isGone, changes.map(({ kind }) => kind)], [true, ["snapshot", "gone", "board", "gone"]]);
});

test("a listener that fails stops no other, and one that is removed hears nothing", (t) => {
    const { client, live, changes } = opened();
    const uncaught = [];
    t.mock.method(globalThis, "queueMicrotask", (action) => {
        try {
            action();
        } catch (error) {
            uncaught.push(error.message);
        }
    });
    const off = live.on("change", () => { throw new Error("mine"); });
    let heard = 0;
    live.on("change", () => { heard += 1; });
    client.tell("task.*", { type: "task.deleted", boardId: "main", taskId: 1 });
    assert.deepEqual(uncaught, ["mine"]);
    assert.equal(heard, 1);
    off();
    client.tell("task.*", { type: "task.deleted", boardId: "main", taskId: 2 });
    assert.equal(heard, 2);
    live.close();
    client.tell("task.*", { type: "task.deleted", boardId: "main", taskId: 3 });
    assert.deepEqual([heard, changes.length], [2, 3]);
    assert.throws(() => live.on("changes", () => {}), TypeError);
});

test("it begins with the client's own snapshot", async () => {
    const world = new World();
    const heard = world.client();
    const live = new LiveBoard(heard.client, "main");
    heard.client.open();
    await new Promise((resolve) => live.on("change", resolve));
    assert.equal(live.board.id, "main");
    heard.client.close();
});

test("an end that nobody listens for is warned of, once", async () => {
    const world = new World();
    const warnings = [];
    const environment = world.environment({ warn: (text) => warnings.push(text) });
    world.gateway.twist("GET", () => problem(403, "forbidden"), 100);
    const options = { url: "http://gateway.test", token: world.token(), boards: ["main"], environment };
    const [silent, heard] = [new Boardcast(options), new Boardcast(options)];
    heard.on("state", () => {});
    assert.deepEqual([silent.isHeard("state"), heard.isHeard("state")], [false, true]);
    for (const client of [heard, silent]) client.open();
    await world.clock.advance(1000);
    assert.deepEqual([silent.state, heard.state, warnings.length], ["closed", "closed", 1]);
    assert.match(warnings[0], /^Boardcast is closed: .*Nothing listens to "state"/);
    silent.open();
    await world.clock.advance(1000);
    silent.close();
    assert.equal(warnings.length, 1);
});
