import { make } from "../shared/dom.js";

/** The most cells of the table by which two texts are compared: 32 MB, a tenth of a second. */
const largest = 16_000_000;
/** How many unchanged pieces are shown around a change, when only the changes are wanted. */
const context = 8;

/** Words, the spaces between them, and line breaks. In scripts without spaces each character is a word. */
const piecesOf = (text) => text.match(
    /\n|[^\S\n]+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu,
) ?? [];

/** What becomes of the pieces of a text: `{ from, to, by }` replaces those from `from` up to `to`, in order. */
function changesBetween(before, after) {
    let start = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
    let [end, endAfter] = [before.length, after.length];
    while (end > start && endAfter > start && before[end - 1] === after[endAfter - 1]) [end, endAfter] = [end - 1, endAfter - 1];
    const [rows, columns] = [end - start, endAfter - start];
    if (rows === 0 && columns === 0) return [];
    if (rows === 0 || columns === 0 || rows * columns > largest) {
        return [{ from: start, to: end, by: after.slice(start, endAfter) }];
    }
    // The length of the longest common sequence of what is left from each place on.
    const [width, common] = [columns + 1, new Uint16Array((rows + 1) * (columns + 1))];
    for (let row = rows - 1; row >= 0; row -= 1) {
        for (let column = columns - 1; column >= 0; column -= 1) {
            const at = row * width + column;
            common[at] = before[start + row] === after[start + column] ? common[at + width + 1] + 1
                : Math.max(common[at + width], common[at + 1]);
        }
    }
    const changes = [];
    let [row, column, open] = [0, 0, null];
    while (row < rows || column < columns) {
        const isSame = row < rows && column < columns && before[start + row] === after[start + column];
        if (isSame) {
            [row, column, open] = [row + 1, column + 1, null];
            continue;
        }
        if (!open) changes.push(open = { from: start + row, to: start + row, by: [] });
        const drops = column === columns
            || row < rows && common[(row + 1) * width + column] >= common[row * width + column + 1];
        if (drops) open.to = start + (row += 1);
        else open.by.push(after[start + (column += 1) - 1]);
    }
    return joined(changes, before);
}

/** Changes with nothing but a space between them are one: two words that were replaced read better together. */
function joined(changes, before) {
    const all = [];
    for (const change of changes) {
        const last = all.at(-1);
        const between = last ? before.slice(last.to, change.from) : [];
        if (last && between.length === 1 && /^[^\S\n]+$/.test(between[0])) {
            all[all.length - 1] = { from: last.from, to: change.to, by: [...last.by, ...between, ...change.by] };
        } else all.push(change);
    }
    return all;
}

/** A text that became another, in stretches: `{ kind, text }`, where `kind` is `same`, `gone` or `new`. */
export function compare(before, after) {
    const [old, stretches] = [piecesOf(before), []];
    const add = (kind, pieces) => pieces.length > 0 && stretches.push({ kind, pieces, text: pieces.join("") });
    let at = 0;
    for (const { from, to, by } of changesBetween(old, piecesOf(after))) {
        add("same", old.slice(at, from));
        add("gone", old.slice(from, to));
        add("new", by);
        at = to;
    }
    add("same", old.slice(at));
    return stretches;
}

/** Whether words of a text are missing in another. */
export function losesWords(before, after) {
    return compare(before, after).some(({ kind, text }) => kind === "gone" && text.trim() !== "");
}

/**
 * Two texts that were made of one: both users' changes, if they are in different places; otherwise null.
 */
export function merge(base, one, other) {
    const pieces = piecesOf(base);
    const changes = [one, other]
        .flatMap((text, side) => changesBetween(pieces, piecesOf(text)).map((change) => ({ ...change, side })))
        .sort((left, right) => left.from - right.from || left.to - right.to);
    const merged = [];
    let [at, last] = [0, null];
    for (const change of changes) {
        if (last && last.side !== change.side && change.from <= last.to) {
            const isSame = change.from === last.from && change.to === last.to && change.by.join("") === last.by.join("");
            if (!isSame) return null;
            continue;
        }
        merged.push(...pieces.slice(at, change.from), ...change.by);
        [at, last] = [change.to, change];
    }
    return [...merged, ...pieces.slice(at)].join("");
}

/**
 * An element with the changed words of a text marked, line breaks kept. With `brief`, unchanged stretches between are
 * left out but for a few words.
 */
export function showChanges(before, after, { brief = false } = {}) {
    const stretches = compare(before, after);
    const parts = stretches.map(({ kind, pieces, text }, place) => {
        if (kind === "gone") return make("del", { text });
        if (kind === "new") return make("ins", { text });
        return brief ? shortened(pieces, place > 0, place < stretches.length - 1) : text;
    });
    return make("span", { class: "words" }, ...parts);
}

function shortened(pieces, isAfterChange, isBeforeChange) {
    if (pieces.length <= 2 * context + 4) return pieces.join("");
    const begin = isAfterChange ? pieces.slice(0, context).join("") : "";
    return `${begin} … ${isBeforeChange ? pieces.slice(-context).join("") : ""}`;
}
