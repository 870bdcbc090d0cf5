// What the board page does to keep the words of two who write into one field.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Draft, keepBoth, textOf } from "../../Sources/WebClient/Assets/board/draft.js";
import { compare, losesWords, merge } from "../../Sources/WebClient/Assets/board/words.js";

const marked = (before, after) => compare(before, after).map(({ kind, text }) =>
    ({ same: text, gone: `[-${text}-]`, new: `{+${text}+}` })[kind]).join("");

test("changed words are marked, and everything else stays as it is", () => {
    for (const [before, after, expected] of [
        ["", "", ""], ["", "new", "{+new+}"], ["gone", "", "[-gone-]"], ["a b c", "a b c", "a b c"],
        ["a b c", "a x c", "a [-b-]{+x+} c"], ["a b c d", "a x y d", "a [-b c-]{+x y+} d"],
        ["one\ntwo\n\nthree", "one\n2\n\nthree", "one\n[-two-]{+2+}\n\nthree"],
        ["one two", "one\ntwo", "one[- -]{+\n+}two"], ["红色的车", "蓝色的车", "[-红-]{+蓝+}色的车"],
    ]) assert.equal(marked(before, after), expected);
});

test("a comparison leaves nothing of either text out", () => {
    let seed = 7;
    const random = (below) => (seed = seed * 48271 % 2147483647) % below;
    const text = () => Array.from({ length: random(30) }, () => ["a", "b", "c", " ", "\n", "日", "é"][random(7)]).join("");
    for (let round = 0; round < 2000; round += 1) {
        const [one, other] = [text(), text()];
        const parts = compare(one, other);
        const without = (kind) => parts.filter((part) => part.kind !== kind).map((part) => part.text).join("");
        assert.deepEqual([without("new"), without("gone")], [one, other]);
        assert.equal(merge(one, one, other), other);
        assert.equal(merge(one, other, one), other);
        assert.equal(merge(one, other, other), other);
    }
});

test("texts too long to be compared word by word are still compared", () => {
    const [one, other] = [Array(9000).fill("one").join(" "), Array(9000).fill("two").join(" ")];
    assert.equal(marked(`begin ${one} end`, `begin ${other} end`), `begin [-${one}-]{+${other}+} end`);
});

test("changes in different places are merged, those in one are not", () => {
    assert.equal(merge("the red car is fast", "the blue car is fast", "the red car is very fast"), "the blue car is very fast");
    assert.equal(merge("one\ntwo", "one\ntwo\nthree", "zero\none\ntwo"), "zero\none\ntwo\nthree");
    assert.equal(merge("the red car", "the blue car", "the green car"), null);
    assert.equal(merge("", "mine", "theirs"), null);
});

test("both are kept in every field in which that can be", () => {
    assert.equal(keepBoth("description", "", "mine", "theirs"), "theirs\n\nmine");
    assert.equal(keepBoth("name", "a b", "a mine", "a theirs"), "a theirs / a mine");
    assert.deepEqual(keepBoth("labels", ["a"], ["a", "b"], ["c", "a"]), ["c", "a", "b"]);
    assert.equal(keepBoth("priority", "low", "high", "urgent"), null);
    assert.equal(keepBoth("name", "", "m".repeat(300), "t".repeat(300)), null, "longer than a name may be");
});

test("words that are only added to are not lost", () => {
    assert.equal(losesWords("a b", "a b c"), false);
    assert.equal(losesWords("a b", "a  b"), false);
    assert.equal(losesWords("a b", "a c"), true);
});

const task = { id: 1, name: "N", description: "as it was", priority: "low", labels: [], assigneeId: null, dueAt: null };

test("a draft remembers what a field held when writing began, over changes and visits", () => {
    let draft = new Draft(task);
    draft.write("description", "as I want it");
    draft.rebase({ ...task, description: "as they want it", priority: "high" });
    assert.deepEqual([...draft.conflicts], ["description"]);
    assert.equal(draft.origins.description, "as it was");
    draft = Draft.restored(JSON.parse(JSON.stringify(draft.kept)));
    assert.equal(draft.value("description"), "as I want it");
    assert.equal(draft.value("priority"), "high");
    draft.rebase({ ...task, description: "as I want it" });
    assert.ok(!draft.isDirty, "it is saved");
});

test("what is copied is the text alone, or with what else was written", () => {
    const draft = new Draft(task);
    draft.write("description", "as I want it");
    assert.equal(textOf(draft), "as I want it");
    draft.write("priority", "high");
    assert.equal(textOf(draft), "N\npriority: high\n\nas I want it");
});
