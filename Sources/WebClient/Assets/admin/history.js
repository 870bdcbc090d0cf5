import { announce, find, make, setText } from "../shared/dom.js";
import { Table } from "./table.js";
import { dateAndTime } from "../shared/times.js";

/** What tells the rows of such a list apart: those that are not on disk yet have no number. */
const key = ({ id, createdAt, jti, sub }) => id ?? `${createdAt} ${jti} ${sub}`;

/** A numbered list of the gateway, newest first, loaded page by page as the user asks for more. */
export class History {
    #request;
    #path;
    #table;
    #items = [];
    #next = null;
    #loads = 0;
    #more;

    /**
     * @param root the element that it fills
     * @param request returns the client's `request`
     */
    constructor(root, request, { path, caption, empty, columns }) {
        [this.#request, this.#path] = [request, path];
        this.#table = new Table({ caption, columns, key, perPage: 10_000, empty: () => empty });
        const older = () => this.#load(this.#next);
        this.#more = make("button", { type: "button", hidden: true, onclick: older }, "Show older");
        root.append(this.#table.element, this.#more);
    }

    /** All items, from the newest on, `most` at most. */
    async all(most) {
        const items = [];
        for (let next = null; items.length < most;) {
            const place = next === null ? "" : `&cursor=${next}`;
            const { body } = await this.#request()("GET", `${this.#path}?limit=200${place}`);
            items.push(...body.items);
            next = body.next;
            if (next === null) break;
        }
        return items.slice(0, most);
    }

    /** Loads the list again from the newest item. */
    refresh() {
        return this.#load(null);
    }

    clear() {
        this.#loads += 1;
        [this.#items, this.#next] = [[], null];
        this.#table.show([]);
        this.#more.hidden = true;
    }

    async #load(cursor) {
        const load = this.#loads += 1;
        try {
            const place = cursor === null ? "" : `&cursor=${cursor}`;
            const { body } = await this.#request()("GET", `${this.#path}?limit=50${place}`);
            // Another load has begun meanwhile.
            if (load !== this.#loads) return;
            [this.#items, this.#next] = [cursor === null ? body.items : [...this.#items, ...body.items], body.next];
            this.#table.show(this.#items);
            this.#more.hidden = this.#next === null;
        } catch (error) {
            // Without a valid token the sign-in page is shown instead.
            if (load === this.#loads && error.status !== 401) announce(`The list can't be loaded: ${error.message}`);
        }
    }
}

/** Fills a cell with the time in a field. */
export const when = (field) => (cell, item) => {
    if (cell.childElementCount === 0) cell.append(make("time"));
    cell.firstElementChild.dateTime = item[field];
    setText(cell.firstElementChild, dateAndTime(item[field]));
};

const acts = {
    "tokens.revoked": "Revoked tokens", "connection.closed": "Cut a connection",
    "user.disconnected": "Cut a user's connections",
};

export const makeAudit = (request) => new History(find("#audit-list"), request, {
    path: "/api/audit", caption: "What admins did", empty: "No admin has done anything yet.",
    columns: [
        { id: "time", label: "When", head: true, fill: when("timestamp") },
        { id: "actor", label: "Who", text: ({ actor }) => actor },
        { id: "act", label: "Did", text: ({ act }) => acts[act] ?? act },
        { id: "subject", label: "To", text: ({ subject }) => subject },
        { id: "detail", label: "Detail", text: ({ detail }) => detail },
    ],
});

export const makeRevocations = (request) => new History(find("#revocations"), request, {
    path: "/api/revocations", caption: "Revocations in force", empty: "No token has been revoked.",
    columns: [
        { id: "what", label: "Revoked", head: true, text: revoked },
        { id: "reason", label: "Reason", text: ({ reason }) => reason ?? "" },
        { id: "by", label: "By", text: ({ createdBy }) => createdBy },
        { id: "time", label: "When", fill: when("createdAt") },
    ],
});

function revoked(item) {
    return item.id === null ? `${target(item)} (not on disk yet)` : target(item);
}

function target({ jti, sub, issuedBefore }) {
    if (sub !== undefined) return `Tokens of ${sub} until then`;
    return jti === undefined ? `Everybody's, issued before ${dateAndTime(issuedBefore)}` : `Token ${jti}`;
}
