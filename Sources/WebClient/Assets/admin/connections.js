import { find, make, setText } from "../shared/dom.js";
import { bytes, count, plural } from "./format.js";
import { choose, clientName, group, namesOf } from "./roster.js";
import { Table } from "./table.js";
import { age, dateAndTime, fromNow } from "../shared/times.js";

const warn = (value) => value > 0 ? "warn" : null;

const figures = (lagLabel) => [
    { id: "lag", label: lagLabel, number: true, value: ({ lag }) => lag, text: ({ lag }) => count(lag),
        note: ({ lag }) => warn(lag) },
    { id: "queue", label: "Queued", number: true, value: ({ queuedBytes }) => queuedBytes,
        text: ({ queuedBytes }) => bytes(queuedBytes), note: ({ queuedBytes }) => warn(queuedBytes) },
    { id: "events", label: "Events sent", number: true, value: ({ sentEvents }) => sentEvents,
        text: ({ sentEvents }) => count(sentEvents) },
    { id: "bytes", label: "Bytes sent", number: true, value: ({ sentBytes }) => sentBytes,
        text: ({ sentBytes }) => bytes(sentBytes) },
];

/** The tenant's live connections, one by one or summed up. */
export class ConnectionsView {
    #connections = [];
    #own;
    #acts;
    #tables;
    #by = "connection";
    #nodes = makeNodes();
    #form = find("#roster-filter");

    /**
     * @param own gives the id of this page's connection
     * @param acts `{ disconnect(connection), disconnectUser(user), revokeUser(user) }`
     */
    constructor(own, acts) {
        [this.#own, this.#acts] = [own, acts];
        this.#tables = { connection: this.#list() };
        for (const by of ["user", "board", "transport", "node"]) this.#tables[by] = this.#sums(by);
        find("#nodes").append(this.#nodes.element);
        find("#roster").append(...Object.values(this.#tables).map(({ element }) => element));
        this.#form.addEventListener("input", () => this.#render(true));
        this.#form.addEventListener("submit", (event) => event.preventDefault());
        find("#roster-by").addEventListener("change", ({ target }) => this.#turnTo(target.value));
        this.#turnTo(this.#by);
    }

    /** @param nodes the gateways that share the database; empty for one alone */
    show(connections, nodes = []) {
        this.#connections = connections;
        const several = nodes.length > 0;
        find("#by-node").hidden = !several;
        if (!several && this.#by === "node") this.#turnTo("connection");
        find("#nodes").hidden = !several;
        this.#nodes.show(nodes);
        for (const by of ["board", "transport"]) this.#offer(this.#form.elements[by], namesOf(connections, by));
        this.#render(false);
    }

    #turnTo(by) {
        this.#by = by;
        find(`#roster-by [value="${by}"]`).checked = true;
        for (const [name, { element }] of Object.entries(this.#tables)) element.hidden = name !== by;
        this.#render(false);
    }

    #render(asked) {
        const { text, board, transport, behind } = this.#form.elements;
        const chosen = choose(this.#connections,
            { text: text.value, board: board.value, transport: transport.value, behind: behind.checked });
        this.#tables[this.#by].show(this.#by === "connection" ? chosen : group(chosen, this.#by));
        const all = this.#connections.length;
        setText(find("#roster-count"), chosen.length === all ? plural(all, "connection")
            : `${count(chosen.length)} of ${plural(all, "connection")}`);
        // Only a search by the user is read out, not each periodic refresh.
        if (asked) setText(find("#roster-said"), `${plural(chosen.length, "connection")} found`);
    }

    /** Keeps a chosen value that no longer exists among the options, so that the filter shown is the one applied. */
    #offer(select, names) {
        const wanted = ["", ...new Set([...names, select.value].filter(Boolean))];
        if (wanted.join("\n") === [...select.options].map(({ value }) => value).join("\n")) return;
        const chosen = select.value;
        select.replaceChildren(...wanted.map((name) => new Option(name || "All", name)));
        select.value = chosen;
    }

    #list() {
        return new Table({
            caption: "Connections", key: ({ id }) => id, sort: { id: "since", way: "descending" }, perPage: 20,
            empty: () => this.#connections.length === 0 ? "Nobody is connected." : "No connection matches.",
            columns: [
                { id: "user", label: "User", head: true, value: ({ userId }) => userId,
                    fill: (cell, item) => this.#name(cell, item) },
                { id: "transport", label: "Transport", value: ({ transport }) => transport,
                    text: ({ transport, node }) => node === undefined ? transport : `${transport} on ${node}` },
                { id: "boards", label: "Boards", value: ({ boards }) => boards.join(), fill: fillBoards },
                { id: "client", label: "From", value: ({ address }) => address ?? "", fill: fillClient },
                { id: "since", label: "Connected", number: true, value: ({ connectedAt }) => connectedAt,
                    fill: (cell, item) => fillTime(cell, age(item.duration), item.connectedAt) },
                ...figures("Lag"),
                { id: "expires", label: "Token ends", number: true, value: ({ tokenExpiresAt }) => tokenExpiresAt,
                    fill: (cell, { tokenExpiresAt: time }) => fillTime(cell, fromNow(time, Date.now(), age), time) },
                { id: "act", label: "", fill: (cell, item) => fillActs(cell, [
                    ["Disconnect…", `Disconnect ${item.userId}, ${item.id}`,
                        () => this.#acts.disconnect(this.#find(item.id) ?? item)],
                ]) },
            ],
        });
    }

    #sums(by) {
        const label = { user: "User", board: "Board", transport: "Transport", node: "Node" }[by];
        const acts = (name) => [
            ["Show", `Show the connections of ${name}`, () => this.#only(by, name)],
            ...(by === "user" ? [
                ["Disconnect…", `Disconnect ${name}`, () => this.#acts.disconnectUser(name)],
                ["Revoke…", `Revoke the tokens of ${name}`, () => this.#acts.revokeUser(name)],
            ] : []),
        ];
        return new Table({
            caption: `Connections by ${by}`, key: ({ name }) => name, sort: { id: "connections", way: "descending" },
            perPage: 20, empty: () => "No connection matches.",
            columns: [
                { id: "name", label, head: true, value: ({ name }) => name, text: ({ name }) => name },
                { id: "connections", label: "Connections", number: true, value: ({ connections }) => connections,
                    text: ({ connections }) => count(connections) },
                ...(by === "user" ? [] : [{ id: "users", label: "Users", number: true, value: ({ users }) => users.size,
                    text: ({ users }) => count(users.size) }]),
                ...figures("Worst lag"),
                { id: "act", label: "", fill: (cell, { name }) => fillActs(cell, acts(name)) },
            ],
        });
    }

    #find(id) {
        return this.#connections.find((connection) => connection.id === id);
    }

    #name(cell, { userId, id }) {
        if (cell.childElementCount === 0) {
            cell.append(make("span", { class: "user" }), " ", make("code"), " ", make("em", {}, "this page"));
        }
        setText(cell.children[0], userId);
        setText(cell.children[1], id);
        cell.children[2].hidden = this.#own() !== id;
    }

    #only(by, name) {
        const { text, board, transport } = this.#form.elements;
        [text.value, board.value, transport.value] = ["", "", ""];
        ({ user: text, node: text, board, transport })[by].value = name;
        this.#turnTo("connection");
        this.#render(true);
        text.focus();
    }
}

/** The gateways on one database, as the one that was asked knows them. */
function makeNodes() {
    return new Table({
        caption: "Nodes", key: ({ id }) => id, sort: { id: "name", way: "ascending" }, perPage: 20, empty: () => "None.",
        columns: [
            { id: "name", label: "Node", head: true, value: ({ name }) => name, text: ({ name }) => name },
            { id: "address", label: "Address", value: ({ address }) => address, text: ({ address }) => address },
            { id: "connections", label: "Connections of all tenants", number: true,
                value: ({ connections }) => connections, text: ({ connections }) => count(connections) },
            { id: "since", label: "Started", number: true, value: ({ startedAt }) => startedAt,
                fill: (cell, { startedAt }) => fillTime(cell, fromNow(startedAt, Date.now(), age), startedAt) },
            { id: "state", label: "State", value: ({ silent }) => Number(silent),
                text: ({ silent }) => silent ? "does not answer" : "answers",
                note: ({ silent }) => silent ? "warn" : null },
        ],
    });
}

function fillBoards(cell, { boards, types }) {
    const rest = boards.length > 3 ? ` and ${count(boards.length - 3)} more` : "";
    const only = types === null ? "" : ` · ${types.join(", ")}`;
    setText(cell, `${boards.slice(0, 3).join(", ") || "none"}${rest}${only}`);
    cell.title = boards.join(", ");
}

/** Where it comes from, and what it is; the whole of what it says of itself is a title. */
function fillClient(cell, { address, client }) {
    if (cell.childElementCount === 0) cell.append(make("span"), " ", make("small"));
    setText(cell.children[0], address ?? "–");
    setText(cell.children[1], clientName(client));
    cell.title = client ?? "";
}

function fillTime(cell, text, time) {
    setText(cell, text);
    cell.title = dateAndTime(time);
}

/** The buttons are made once: what they do is looked up in the row's item, whose key never changes. */
function fillActs(cell, acts) {
    if (cell.childElementCount > 0) return;
    cell.className = "acts";
    cell.append(...acts.map(([label, name, onclick]) =>
        make("button", { type: "button", "aria-label": name, onclick }, label)));
}
