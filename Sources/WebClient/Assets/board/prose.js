import { make } from "../shared/dom.js";

/** The most nodes of one text; what comes after is shown as it is written. */
const mostNodes = 5000;
/** How deep marks may stand in marks. */
const deepest = 8;

const safe = /^(https?:\/\/|mailto:)[^\s]+$/i;
/** A code span, a link with words, an address, or a mark around words; the first that begins is taken. */
const inline = new RegExp([
    "(?<ticks>`+)(?<code>[^`](?:.*?[^`])?)\\k<ticks>(?!`)",
    "\\[(?<words>[^\\]\\n]{1,500})\\]\\((?<target>[^)\\s]{1,2000})\\)",
    "<(?<bracketed>(?:https?:\\/\\/|mailto:)[^\\s<>]{1,2000})>",
    "(?<address>(?:https?:\\/\\/|mailto:)[^\\s<>\"'`]{1,2000})",
    "(?<strong>\\*\\*|__)(?=\\S)(?<bold>.{0,2000}?\\S)\\k<strong>",
    "~~(?=\\S)(?<gone>.{0,2000}?\\S)~~",
    "(?<![\\p{L}\\p{N}])(?<mark>[*_])(?=[^\\s*_])(?<soft>.{0,2000}?[^\\s*_])\\k<mark>(?![\\p{L}\\p{N}])",
].join("|"), "su");

/**
 * A text in a small part of Markdown as nodes: headings, paragraphs, lists, task lists, quotes, code, emphasis, links.
 * Nothing in the text becomes markup of its own: all else in it is text, and only http, https and mailto are links.
 */
export function prose(text) {
    const budget = { left: mostNodes, heading: 2 };
    return blocks(text.replace(/\r\n?/g, "\n").split("\n"), budget, 0);
}

function blocks(lines, budget, depth) {
    const nodes = [];
    for (let place = 0; place < lines.length;) {
        const line = lines[place];
        const rest = lines.slice(place);
        if (line.trim() === "") {
            place += 1;
            continue;
        }
        if ((budget.left -= 1) < 0) {
            nodes.push(make("p", { text: rest.join("\n") }));
            break;
        }
        const [node, length] = fence(rest) ?? heading(line, budget) ?? quote(rest, budget, depth) ?? list(rest, budget, depth)
            ?? paragraph(rest, budget);
        nodes.push(node);
        place += length;
    }
    return nodes;
}

const count = (lines, is) => {
    const end = lines.findIndex((line, place) => !is(line, place));
    return end < 0 ? lines.length : end;
};

function fence(lines) {
    const [, mark] = /^ {0,3}(```+|~~~+)[^`]*$/.exec(lines[0]) ?? [];
    if (!mark) return null;
    const length = count(lines.slice(1), (line) => !line.trim().startsWith(mark) || line.trim().replaceAll(mark[0], "") !== "");
    const code = make("code", { text: lines.slice(1, length + 1).join("\n") });
    return [make("pre", { tabindex: "0" }, code), Math.min(lines.length, length + 2)];
}

/** Below the headings of the page, which has two levels of its own, and none of them left out. */
function heading(line, budget) {
    const [, marks, words] = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line) ?? [];
    if (!marks) return null;
    budget.heading = Math.min(6, marks.length + 2, budget.heading + 1);
    return [make(`h${budget.heading}`, {}, ...inlines(words, budget)), 1];
}

function quote(lines, budget, depth) {
    if (!/^ {0,3}>/.test(lines[0]) || depth >= deepest) return null;
    const length = count(lines, (line) => /^ {0,3}>/.test(line));
    const inner = lines.slice(0, length).map((line) => line.replace(/^ {0,3}> ?/, ""));
    return [make("blockquote", {}, ...blocks(inner, budget, depth + 1)), length];
}

const item = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;

/** A list's items are its lines as far in as the first; what is further in belongs to the item above. */
function list(lines, budget, depth) {
    const first = item.exec(lines[0]);
    if (!first || depth >= deepest) return null;
    const isOrdered = /\d/.test(first[2]);
    const isItem = (line) => {
        const found = item.exec(line);
        return found && found[1].length <= first[1].length && /\d/.test(found[2]) === isOrdered ? found : null;
    };
    const length = count(lines, (line) => isItem(line) || /^\s/.test(line) && line.trim() !== "" && indent(line) > first[1].length);
    const items = [];
    for (const line of lines.slice(0, length)) {
        const found = isItem(line);
        if (found) items.push([found[3]]);
        else items.at(-1).push(line);
    }
    const start = isOrdered ? Number.parseInt(first[2], 10) : 1;
    const rows = items.map(([words, ...inner]) => row(words, inner, budget, depth));
    return [make(isOrdered ? "ol" : "ul", { start: start === 1 ? null : start }, ...rows), length];
}

const indent = (line) => line.length - line.trimStart().length;

function row(words, inner, budget, depth) {
    budget.left -= 1;
    const [, mark, task] = /^\[([ xX])\]\s+(.*)$/s.exec(words) ?? [];
    const box = mark && make("input", { type: "checkbox", disabled: true, checked: mark !== " ", "aria-label": mark === " " ? "Open" : "Done" });
    return make("li", { class: mark && "task" }, box, ...inlines(task ?? words, budget), ...blocks(inner, budget, depth + 1));
}

function paragraph(lines, budget) {
    const isGoingOn = (line, place) => place === 0 || line.trim() !== "" && !item.test(line) && !/^ {0,3}(#{1,6}\s|>|```|~~~)/.test(line);
    const length = count(lines, isGoingOn);
    return [make("p", {}, ...inlines(lines.slice(0, length).join("\n"), budget)), length];
}

/** Emphasis, code and links within a line or a paragraph; its line breaks are kept. */
function inlines(text, budget, depth = 0) {
    const nodes = [];
    let left = text;
    while (left !== "") {
        const found = depth < deepest && budget.left > 0 ? inline.exec(left) : null;
        if (!found) break;
        budget.left -= 1;
        if (found.index > 0) nodes.push(left.slice(0, found.index));
        const [node, length] = mark(found, budget, depth);
        nodes.push(node);
        left = left.slice(found.index + length);
    }
    return left === "" ? nodes : [...nodes, left];
}

function mark({ 0: whole, groups }, budget, depth) {
    const { code, words, target, bracketed, address, bold, gone, soft } = groups;
    const inner = (tag, text) => [make(tag, {}, ...inlines(text, budget, depth + 1)), whole.length];
    if (code !== undefined) return [make("code", { text: code }), whole.length];
    if (target !== undefined) return safe.test(target) ? [link(target, words), whole.length] : [whole, whole.length];
    if (bold !== undefined) return inner("strong", bold);
    if (gone !== undefined) return inner("s", gone);
    if (soft !== undefined) return inner("em", soft);
    if (bracketed !== undefined) return [link(bracketed, bracketed), whole.length];
    // What ends a sentence does not belong to the address, nor a bracket that was opened before it.
    const isOpened = address.split("(").length >= address.split(")").length;
    const bare = address.replace(isOpened ? /[.,;:!?*_]+$/ : /[.,;:!?*_)]+$/, "");
    return safe.test(bare) ? [link(bare, bare), bare.length] : [whole, whole.length];
}

const link = (target, words) => make("a", { href: target, rel: "noopener noreferrer nofollow", target: "_blank", text: words });
