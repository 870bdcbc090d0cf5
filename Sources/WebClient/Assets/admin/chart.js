import { find, make, setAttribute, setText } from "../shared/dom.js";
import { duration, timeOf } from "../shared/times.js";

/**
 * The longest time that is shown, and the shortest, in milliseconds: as long as there is something to show. Samples that
 * are further apart than `gap` are not joined: what happened between them is not known.
 */
const minutes = { longest: 300_000, shortest: 10_000, gap: 7_000, every: "Half a minute to" };
/** Rows of the table, for the longest time. */
const rows = 10;
const height = 120;

const shape = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
};

/** The next round figure above `number`, where `base` is that of its prefixes: 10, or 1024 for bytes. */
export function ceiling(number, base = 10) {
    if (!(number > 0)) return 1;
    const unit = base ** Math.max(base === 10 ? -3 : 0, Math.floor(Math.log(number) / Math.log(base)));
    const power = unit * 10 ** Math.floor(Math.log10(number / unit));
    const round = [1, 2, 3, 4, 5, 6, 8, 10].map((digit) => digit * power).find((round) => round >= number * .999);
    return Math.min(round, base * unit);
}

/**
 * Lines over the last five minutes (or `longest`), or as much of them as there is, and the same figures as a table.
 *
 * A line: `{ field, label, about }`; `format` makes a figure readable, `base` is that of its prefixes. The pointer or
 * the arrow keys read a moment.
 */
export class Chart {
    element;
    #lines;
    #format;
    #title;
    #base;
    #times;
    #samples = [];
    #chosen = null;
    #svg = shape("svg", { "aria-hidden": "true" });
    #plot;
    #moment = make("span", { class: "moment" });
    #top = make("span", { class: "top" });
    #figures;
    #table;
    #since = make("span");

    constructor({ title, lines, format, base, ...times }) {
        this.#times = { ...minutes, ...times };
        [this.#lines, this.#format, this.#title, this.#base] = [lines, format, title, base];
        this.#plot = make("div", {
            class: "plot", tabindex: "0", role: "slider", "aria-label": `${title}: a moment of the last ${this.#times.longest === minutes.longest ? "five minutes" : "day"}`,
            onpointermove: (event) => this.#point(event), onpointerleave: () => this.#choose(null),
            onblur: () => this.#choose(null), onkeydown: (event) => this.#press(event),
        }, this.#svg, this.#top);
        this.#figures = lines.map(({ label, about }, place) => make("li", { class: `line-${place}`, title: about },
            make("span", { class: "key" }), `${label} `, make("b")));
        this.#table = make("details", { ontoggle: () => this.#fill() },
            make("summary", {}, "As a table"), make("table"),
            ...lines.map(({ label, about }) => make("p", { class: "about" }, `${label}: ${about}`)));
        this.element = make("figure", { class: "chart" },
            make("figcaption", {}, make("h2", {}, title), this.#moment),
            make("ul", { class: "legend" }, ...this.#figures), this.#plot,
            make("p", { class: "axis" }, this.#since, make("span", {}, "now")),
            this.#table);
        new ResizeObserver(() => this.#draw()).observe(this.#plot);
    }

    show(samples) {
        this.#samples = samples;
        this.#draw();
        this.#fill();
    }

    get #span() {
        const [first, last] = [this.#samples[0]?.at ?? 0, this.#samples.at(-1)?.at ?? 0];
        return Math.min(this.#times.longest, Math.max(this.#times.shortest, last - first));
    }

    #draw() {
        const width = this.#plot.clientWidth;
        if (width === 0) return;
        const now = this.#samples.at(-1)?.at ?? Date.now();
        const span = this.#span;
        setText(this.#since, `${duration(Math.round(span / 10_000) * 10_000)} ago`);
        const figures = this.#samples.flatMap((sample) => this.#lines.map(({ field }) => sample[field] ?? 0));
        const highest = Math.max(0, ...figures);
        const top = ceiling(highest, this.#base);
        const x = (at) => width - (now - at) / span * width;
        const y = (value) => height - 2 - value / top * (height - 14);
        setAttribute(this.#svg, "viewBox", `0 0 ${width} ${height}`);
        const grid = [0, .5, 1].map((part) =>
            shape("line", { class: "grid", x1: 0, x2: width, y1: y(part * top), y2: y(part * top) }));
        const lines = this.#lines.map(({ field }, place) =>
            shape("path", { class: `line-${place}`, d: path(this.#samples, field, x, y, this.#times.gap) }));
        const shown = this.#shown();
        const marks = this.#chosen === null || !shown ? []
            : [shape("line", { class: "mark", x1: x(shown.at), x2: x(shown.at), y1: 0, y2: height })];
        this.#svg.replaceChildren(...grid, ...lines, ...marks);
        setText(this.#top, highest > 0 ? this.#format(top) : "");
        this.#read(shown);
    }

    #shown() {
        return this.#chosen === null ? this.#samples.at(-1)
            : this.#samples.find(({ at }) => at >= this.#chosen) ?? this.#samples.at(-1);
    }

    #read(sample) {
        this.#lines.forEach(({ field }, place) => {
            setText(find("b", this.#figures[place]), this.#figure(sample?.[field]));
        });
        setText(this.#moment, this.#chosen === null ? "" : timeOf(sample.at));
        const words = this.#lines.map(({ field, label }) => `${label} ${this.#figure(sample?.[field])}`).join(", ");
        setAttribute(this.#plot, "aria-valuemin", 0);
        setAttribute(this.#plot, "aria-valuemax", Math.max(0, this.#samples.length - 1));
        setAttribute(this.#plot, "aria-valuenow", Math.max(0, this.#samples.indexOf(sample)));
        setAttribute(this.#plot, "aria-valuetext", sample ? `${timeOf(sample.at)}: ${words}` : "Nothing yet");
    }

    #figure(value) {
        return value === null || value === undefined ? "–" : this.#format(value);
    }

    #point(event) {
        if (this.#samples.length === 0) return;
        const box = this.#plot.getBoundingClientRect();
        const at = this.#samples.at(-1).at - (1 - (event.clientX - box.left) / box.width) * this.#span;
        this.#choose(this.#samples.reduce((best, sample) =>
            Math.abs(sample.at - at) < Math.abs(best.at - at) ? sample : best).at);
    }

    #press(event) {
        const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -Infinity, End: Infinity };
        if (!(event.key in steps) || this.#samples.length === 0) return;
        event.preventDefault();
        const last = this.#samples.length - 1;
        const place = Math.min(last, Math.max(0, this.#samples.indexOf(this.#shown()) + steps[event.key]));
        this.#choose(place === last ? null : this.#samples[place].at);
    }

    #choose(at) {
        this.#chosen = at;
        this.#draw();
    }

    /** Half a minute a row, or a tenth of a longer time: means of the samples in it. */
    #fill() {
        if (!this.#table.open) return;
        const now = this.#samples.at(-1)?.at ?? Date.now();
        const step = this.#times.longest / rows;
        const cellsOf = Array.from({ length: rows }, (_, row) => {
            const [from, to] = [now - (rows - row) * step, now - (rows - 1 - row) * step];
            const within = this.#samples.filter(({ at }) => at > from && at <= to);
            const cells = this.#lines.map(({ field }) => {
                const values = within.map((sample) => sample[field]).filter((value) => value !== null);
                const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
                return make("td", { class: "number" }, this.#figure(values.length > 0 ? mean : null));
            });
            return make("tr", {}, make("th", { scope: "row" }, timeOf(to)), ...cells);
        });
        const head = [this.#times.every, ...this.#lines.map(({ label }) => label)];
        find("table", this.#table).replaceChildren(
            make("caption", {}, `${this.#title}, means`),
            make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
            make("tbody", {}, ...cellsOf));
    }
}

function path(samples, field, x, y, gap) {
    let [steps, before] = ["", null];
    for (const sample of samples) {
        const value = sample[field];
        if (value !== null) {
            const joined = before !== null && sample.at - before < gap;
            steps += `${joined ? "L" : "M"}${x(sample.at).toFixed(1)} ${y(value).toFixed(1)}`;
            // A single sample is drawn as a dot.
            if (!joined) steps += "h.01";
            before = sample.at;
        }
    }
    return steps;
}
