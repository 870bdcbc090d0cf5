// Descriptions as the board page reads them: a small part of Markdown, and nothing that could be more than text.
import assert from "node:assert/strict";
import { before, test } from "node:test";

/** What the page makes, as markup; texts are escaped, so that markup in a text shows. */
class Element {
    constructor(tag) {
        Object.assign(this, { tag, attributes: {}, children: [] });
    }

    setAttribute(name, value) {
        this.attributes[name] = String(value);
    }

    getAttribute(name) {
        return this.attributes[name] ?? null;
    }

    removeAttribute(name) {
        delete this.attributes[name];
    }

    set textContent(text) {
        this.children = [text];
    }

    append(...children) {
        this.children.push(...children);
    }

    toString() {
        const attributes = Object.entries(this.attributes).map(([name, value]) => ` ${name}="${value}"`).join("");
        return `<${this.tag}${attributes}>${this.children.map(shown).join("")}</${this.tag}>`;
    }
}

const shown = (child) => typeof child === "string" ? child.replaceAll("<", "&lt;") : String(child);
let prose;

before(async () => {
    globalThis.document = { createElement: (tag) => new Element(tag) };
    ({ prose } = await import("../../Sources/WebClient/Assets/board/prose.js"));
});

const read = (text) => prose(text).map(shown).join("");
const link = (target, words = target) => `<a href="${target}" rel="noopener noreferrer nofollow" target="_blank">${words}</a>`;

test("what Markdown is for is understood", () => {
    for (const [text, expected] of [
        ["", ""], ["one\ntwo\n\nthree", "<p>one\ntwo</p><p>three</p>"], ["a\r\nb", "<p>a\nb</p>"],
        ["## Big\n### Small ##", "<h3>Big</h3><h4>Small</h4>"], ["#tag", "<p>#tag</p>"],
        ["**b** *e* _e_ __b__ ~~s~~ `c*d*`", "<p><strong>b</strong> <em>e</em> <em>e</em> <strong>b</strong> <s>s</s> <code>c*d*</code></p>"],
        ["**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>"], ["``a`b``", "<p><code>a`b</code></p>"],
        ["2 * 3 * 4, snake_case_name, a ** b", "<p>2 * 3 * 4, snake_case_name, a ** b</p>"],
        ["- a\n- b\n  - c\n  more\n* d", "<ul><li>a</li><li>b<ul><li>c</li></ul><p>  more</p></li><li>d</li></ul>"],
        ["3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'], ["text\n- a", "<p>text</p><ul><li>a</li></ul>"],
        ["- [ ] a\n- [x] b", '<ul><li class="task"><input type="checkbox" disabled="" aria-label="Open"></input>a</li>'
            + '<li class="task"><input type="checkbox" disabled="" checked="" aria-label="Done"></input>b</li></ul>'],
        ["> a\n> - b", "<blockquote><p>a</p><ul><li>b</li></ul></blockquote>"],
        ["```js\nlet *a*;\n\n<b>\n```\nend", '<pre tabindex="0"><code>let *a*;\n\n&lt;b></code></pre><p>end</p>'],
        ["```\nnever closed", '<pre tabindex="0"><code>never closed</code></pre>'],
    ]) assert.equal(read(text), expected, text);
});

test("addresses become links, and nothing else does", () => {
    const url = "https://a.example/b_c_d?e=f*g*#h";
    for (const [text, expected] of [
        [url, link(url)], [`See ${url}.`, `See ${link(url)}.`], [`(${url})`, `(${link(url)})`], [`<${url}>`, link(url)],
        ["https://a.example/x_(y)", link("https://a.example/x_(y)")], ["mailto:ann@a.example, ben", `${link("mailto:ann@a.example")}, ben`],
        ["[words *here*](https://a.example)", link("https://a.example", "words *here*")],
        ["**https://a.example**", `<strong>${link("https://a.example")}</strong>`], ["http://", "http://"],
        ...["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//a.example", "/admin", "file:///etc/passwd",
            "java\tscript:x", "&#106;avascript:x"]
            .flatMap((target) => [[target, target], [`[x](${target})`, `[x](${target})`]]),
    ]) assert.equal(read(text), `<p>${expected}</p>`, text);
});

test("markup is text, wherever it stands", () => {
    const attacks = ['<img src=x onerror="pwned=1">', "<script>pwned=1</script>", '"><svg onload=pwned=1>', "</p></div><b>",
        '[x](https://a.example/"onmouseover="pwned=1)', '![x](javascript:1)', "<a href='javascript:1'>x</a>"];
    const tags = new Set(["p", "h3", "ul", "li", "blockquote", "pre", "code", "strong", "em", "s", "a"]);
    const names = new Set(["href", "rel", "target", "tabindex"]);
    const check = (node) => {
        if (typeof node === "string") return;
        assert.ok(tags.has(node.tag), node.tag);
        for (const [name, value] of Object.entries(node.attributes)) {
            assert.ok(names.has(name), name);
            if (name === "href") assert.match(value, /^https:\/\/a\.example/);
        }
        node.children.forEach(check);
    };
    for (const attack of attacks) {
        for (const place of ["@", "# @", "- @", "> @", "**@**", "`@`", "```\n@\n```", "[@](https://a.example)", "[x](@)", "<@>"]) {
            prose(place.replace("@", () => attack)).forEach(check);
        }
    }
});

test("no text is lost, and none takes forever", () => {
    const texts = ["*".repeat(20_000), "[".repeat(20_000), "> ".repeat(9000), "- ".repeat(9000), "**a ".repeat(5000), "_a ".repeat(6000),
        "`".repeat(9999), "- a\n".repeat(5000), "# a\n".repeat(5000), "a\n\n".repeat(6000), "https://a.example/ ".repeat(1000),
        Array.from({ length: 190 }, (_, n) => `${" ".repeat(n)}- a`).join("\n"), "(".repeat(100) + "https://a.example/" + ")".repeat(19_000)];
    const plain = (node) => typeof node === "string" ? node : node.children.map(plain).join("");
    for (const text of texts) {
        const letters = (text) => text.replace(/[^a-z:/.]/g, "").length;
        assert.equal(letters(prose(text).map(plain).join("")), letters(text), text.slice(0, 20));
    }
});
