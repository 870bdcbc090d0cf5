import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser } from "../../Sources/WebClient/Assets/sdk/boardcast.js";

const bytes = (text) => new TextEncoder().encode(text);

function parse(...chunks) {
    const parser = new EventParser();
    return chunks.flatMap((chunk) => [...parser.feed(typeof chunk === "string" ? bytes(chunk) : chunk)]);
}

const data = (...chunks) => parse(...chunks).map((event) => event.data);

test("any of the three line ends ends a line", () => {
    for (const end of ["\n", "\r", "\r\n"]) assert.deepEqual(data(`data: a${end}${end}data: b${end}${end}`), ["a", "b"]);
    assert.deepEqual(data("data: a\r\ndata: b\rdata: c\n\r\n"), ["a\nb\nc"]);
});

test("an event is told with its last byte, not with the next one", () => {
    assert.deepEqual(data("data: a\r\r"), ["a"]);
    assert.deepEqual(data("data: a\r\n\r"), ["a"]);
});

test("wherever the bytes are cut, the events are the same", () => {
    const whole = bytes("\uFEFFid: 1-é\r\nevent: käse\r\ndata: 🧀\r\ndata: \r\n\r\n:\r\n\r\rdata:x\n\nid\ndata\n\n");
    const expected = parse(whole);
    assert.deepEqual(expected, [
        { type: "käse", data: "🧀\n", lastEventId: "1-é" }, { type: "message", data: "x", lastEventId: "1-é" },
        { type: "message", data: "", lastEventId: "" },
    ]);
    for (let first = 0; first <= whole.length; first += 1) {
        for (let second = first; second <= whole.length; second += 1) {
            const chunks = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)];
            assert.deepEqual(parse(...chunks), expected, `cut at ${first} and ${second}`);
        }
    }
});

test("a byte order mark counts at the start alone", () => {
    assert.deepEqual(data("\uFEFFdata: a\n\n"), ["a"]);
    assert.deepEqual(data("data: a\n\n\uFEFFdata: b\n\n"), ["a"]);
});

test("bytes that are no UTF-8 do not end the stream", () => {
    assert.deepEqual(data(new Uint8Array([...bytes("data: "), 0xff, ...bytes("\n\ndata: b\n\n")])), ["\uFFFD", "b"]);
});

test("one space behind the colon is taken away, and no more", () => {
    assert.deepEqual(data("data:  a\n\ndata:b\n\ndata:c:d \n\ndata:\n\n"), [" a", "b", "c:d ", ""]);
});

test("an event without data is none, and comments are nothing", () => {
    assert.deepEqual(data("event: x\n\n:heartbeat\n\n\n\nid: 4\n\ndata: a\n\n"), ["a"]);
    assert.deepEqual(data("data: never ended\n"), []);
});

test("the type is of one event, the id of all that follow", () => {
    assert.deepEqual(parse("id: 1\nevent: t\ndata: a\n\ndata: b\n\nid\ndata: c\n\n"), [
        { type: "t", data: "a", lastEventId: "1" }, { type: "message", data: "b", lastEventId: "1" },
        { type: "message", data: "c", lastEventId: "" },
    ]);
});

test("an id with a NUL is passed over", () => {
    assert.equal(parse("id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n")[1].lastEventId, "1");
});

test("fields are told by their exact name", () => {
    assert.deepEqual(data("DATA: a\n\n data: b\n\ndatas: c\n\n"), []);
});

test("retry is digits alone", () => {
    const parser = new EventParser();
    for (const [value, expected] of [["x", null], ["1500", 1500], ["-1", 1500], ["1.5", 1500], ["١", 1500], ["0", 0]]) {
        assert.deepEqual([...parser.feed(bytes(`retry: ${value}\n\n`))], []);
        assert.equal(parser.retry, expected, value);
    }
});

test("a long event in many chunks costs what it is long", () => {
    const parser = new EventParser();
    const chunk = bytes("x".repeat(1024));
    [...parser.feed(bytes("data: "))];
    for (let count = 0; count < 4096; count += 1) assert.equal([...parser.feed(chunk)].length, 0);
    assert.equal([...parser.feed(bytes("\n\n"))][0].data.length, 4 << 20);
});
