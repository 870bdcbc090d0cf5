import { Chart } from "./chart.js";
import { bytes, count, plural } from "./format.js";
import { find, make, setText } from "../shared/dom.js";
import { dateAndTime, duration } from "../shared/times.js";

const day = { longest: 24 * 3_600_000, shortest: 600_000, gap: 150_000, every: "Two hours and a half to" };
const charts = [
    { ...day, title: "Connections", format: count,
        lines: [{ field: "connections", label: "open", about: "at the end of each minute." }] },
    { ...day, title: "Events a minute", format: count,
        lines: [{ field: "events", label: "logged", about: "tasks, boards, jobs and what was published." }] },
];

const seconds = (number) => duration(number * 1000);
/** What each limit is called, by the setting that has it. */
const limits = [
    ["limits.connectionsPerTenant", "Connections", ({ connectionsPerTenant }) => count(connectionsPerTenant)],
    ["limits.connectionsPerUser", "Connections of a user", ({ connectionsPerUser }) => count(connectionsPerUser)],
    ["limits.writesPerSecond", "Writes of a user a second", ({ writesPerSecond, writeBurst }) =>
        `${count(writesPerSecond)}, ${count(writeBurst)} at once`],
    ["http.maxBodyBytes", "A request's body", ({ maxBodyBytes }) => bytes(maxBodyBytes)],
    ["http.maxImportBytes", "A file to import", ({ maxImportBytes }) => bytes(maxImportBytes)],
    ["events.retainCount", "Events in the log", ({ retainCount }) => count(retainCount)],
    ["events.retainSeconds", "Age of events in the log", ({ retainSeconds }) => seconds(retainSeconds)],
];

const refused = {
    writes: "too many writes", auth_failures: "too many bad tokens", connections: "too many connections", bodies: "no room for bodies",
    answers: "no room for answers", imports: "too many imports", tickets: "too many tickets", typing: "too many who type",
};

/** Which server this is, what is in force there, and how it was used in the last day. */
export class ServerView {
    #request;
    #told;
    #charts = charts.map((chart) => new Chart(chart));
    #round = 0;

    /** @param told called with the facts when they came */
    constructor(request, told) {
        [this.#request, this.#told] = [request, told];
        find("#day").append(...this.#charts.map(({ element }) => element));
    }

    clear() {
        this.#round += 1;
        for (const id of ["#facts", "#limits", "#keys", "#refusals"]) find(id).replaceChildren();
        for (const chart of this.#charts) chart.show([]);
    }

    async refresh() {
        const round = this.#round += 1;
        const facts = await this.#request("GET", "/api/server").then(({ body }) => body, () => null);
        if (facts === null || round !== this.#round) return;
        this.#told(facts);
        const figures = facts.figures.map((one) => ({ ...one, at: Date.parse(one.at) }));
        for (const chart of this.#charts) chart.show(figures);
        find("#no-figures").hidden = figures.length > 0;
        fill("#facts", factsOf(facts));
        fill("#limits", limits.map(([setting, label, text]) => [label, text(facts.limits), setting]));
        fill("#keys", facts.keys.map((key, place) => [
            key.keyId ?? (key.issuer ? `${key.issuer}` : `Key ${place + 1}, without an id`),
            `${key.algorithms.join(", ")}, here since ${dateAndTime(key.since)}`, key.keyId ? key.issuer : null]));
        this.#showRefusals(facts.refusals);
    }

    #showRefusals(refusals) {
        find("#only-here").hidden = refusals !== undefined;
        const rows = refusals === undefined ? [] : [
            ...Object.entries(refusals.tokens).map(([rule, number]) => [`Tokens: ${rule}`, count(number)]),
            ...Object.entries(refusals.limits).map(([limit, number]) => [refused[limit] ?? limit, count(number)]),
        ];
        fill("#refusals", rows);
        find("#no-refusals").hidden = refusals === undefined || rows.length > 0;
    }
}

function factsOf({ version, startedAt, time, log, connections, database }) {
    const held = Math.max(0, log.head - log.oldest + 1);
    return [
        ["Version", version || "not told"],
        ["Running for", duration(Date.parse(time) - Date.parse(startedAt)), `since ${dateAndTime(startedAt)}`],
        ["Connections", count(connections)],
        ["Newest event", `number ${count(log.head)}`],
        ["In the log", held === 0 ? "no events" : `${plural(held, "event")}, from number ${count(log.oldest)}`],
        ["Database", { sqlite: "SQLite", postgres: "PostgreSQL" }[database.kind] ?? database.kind,
            database.bytes === undefined ? null : `${bytes(database.bytes)}, and ${bytes(database.logBytes)} of log`],
    ];
}

/** Fills a list of terms: `[term, description, note]` each. */
function fill(selector, rows) {
    find(selector).replaceChildren(...rows.map(([term, text, note]) => make("div", {},
        make("dt", {}, term), make("dd", {}, text, note ? make("small", {}, note) : null))));
}

/** A line for the page's head: `0.1.0, up 3 h`. */
export function headline({ version, startedAt, time }, host) {
    const up = duration(Date.parse(time) - Date.parse(startedAt)).split(" ").slice(0, 2).join(" ");
    return [host, version, `up ${up}`].filter(Boolean).join(" · ");
}

export function showHeadline(facts) {
    setText(find("#server-line"), headline(facts, location.host));
}
