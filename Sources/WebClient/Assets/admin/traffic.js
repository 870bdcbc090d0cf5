import { Chart } from "./chart.js";
import { find, make, setAttribute, setText } from "../shared/dom.js";
import { bytes, count, measure, milliseconds } from "./format.js";

const charts = [
    {
        title: "Events a second", format: measure,
        lines: [
            { field: "delivered", label: "delivered",
                about: "sent to all connections together, by the gateway's count." },
            { field: "heard", label: "events", about: "each once, as this page gets them." },
        ],
    },
    {
        title: "Bytes a second", format: bytes, base: 1024,
        lines: [{ field: "bytes", label: "sent",
            about: "to all connections together; not what went to those that ended between two looks." }],
    },
    {
        title: "Latency", format: milliseconds,
        lines: [
            { field: "typical", label: "median",
                about: "of events, from their timestamps to their arrival here, corrected for the clocks." },
            { field: "slowest", label: "slowest", about: "of those in two seconds." },
            { field: "probe", label: "probe", about: "one GET of /healthz, there and back." },
        ],
    },
];

const dash = (value, format) => value === null || value === undefined ? "–" : format(value);

const tiles = [
    ["connections", "Connections", ({ connections }) => count(connections)],
    ["users", "Users", ({ users }) => count(users)],
    ["delivered", "Delivered", ({ delivered }) => dash(delivered, (rate) => `${measure(rate)}/s`)],
    ["bytes", "Sent", ({ bytes: rate }) => dash(rate, (rate) => `${bytes(rate)}/s`)],
    ["typical", "Event latency", ({ typical }, samples) =>
        dash(typical ?? samples.findLast((sample) => sample.typical !== null)?.typical, milliseconds)],
    ["lag", "Worst lag", ({ lag }) => count(lag)],
    ["queued", "Queued", ({ queued }) => bytes(queued)],
];

/** The traffic: current figures, and charts of the last five minutes. */
export class TrafficView {
    #charts = charts.map((chart) => new Chart(chart));
    #tiles = tiles.map(([name, label]) =>
        make("div", { "data-tile": name }, make("dt", {}, label), make("dd", {}, "–")));

    constructor() {
        find("#tiles").append(...this.#tiles);
        find("#charts").append(...this.#charts.map(({ element }) => element));
    }

    show(samples) {
        const now = samples.at(-1);
        tiles.forEach(([name, , text], place) => {
            setText(find("dd", this.#tiles[place]), now ? text(now, samples) : "–");
            const isBad = ["lag", "queued"].includes(name) && now?.[name] > 0;
            setAttribute(this.#tiles[place], "data-note", isBad ? "warn" : null);
        });
        for (const chart of this.#charts) chart.show(samples);
    }
}
