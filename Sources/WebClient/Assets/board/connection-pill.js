import { announce, anchored, find, findAll, make, setText } from "../shared/dom.js";
import { timeOf } from "../shared/times.js";

const pill = find("#connection");
const retry = find("#retry");
const details = find("#details");

const sentences = {
    connecting: "The board is being loaded.",
    live: "Every change is on this page as it happens.",
    polling: "Streams do not get through to this page, so it asks for what is new. A stream is tried again by and by.",
    waiting: "The connection was cut. What you do meanwhile is sent as soon as it is back; what others do, you see then.",
    offline: "This device is offline. What you do meanwhile is sent as soon as it is back.",
    unsent: "The server has not answered yet. What you did is kept here and sent again until it does, also after a reload.",
    silent: "The server does not answer right now. Others may have changed what you see.",
    unsure: "This device is online again, and the server is being asked whether the connection has lasted.",
    behind: "Changes by others come late at the moment. The board is read again until they are here.",
    reconnecting: "The connection was cut and is being made again. Others may have changed what you see.",
    unauthorized: "The token is not good any more. The board stays as it was until you sign in again.",
    closed: "This board is closed.",
};
const verbs = { create: "Added", update: "Edited", move: "Moved", delete: "Deleted" };
const ways = { stream: "Event stream", poll: "Long polls", shared: "Event stream of another tab" };

/** The pill that shows the state of the connection, and its panel of details. */
export class ConnectionPill {
    #client;
    #signIn;
    #unsent;
    #pulse;
    #status = { state: "idle" };
    #wasLive = false;
    #hasBeenLive = false;
    #wasKind = null;
    #since = Date.now();
    #lastEvent = null;
    #ticker = null;

    /** `unsent` has the writes without an answer, `pulse` knows whether the connection is as good as it says. */
    constructor(client, signIn, { unsent, pulse }) {
        [this.#client, this.#signIn, this.#unsent, this.#pulse] = [client, signIn, unsent, pulse];
        client.on("state", (status) => this.#take(status));
        client.on("*", ({ timestamp }) => this.#lastEvent = timestamp ?? this.#lastEvent);
    }

    show() {
        setText(pill, this.#words());
        const kind = this.#kind();
        pill.dataset.state = kind;
        if (["unsent", "silent", "behind"].includes(kind) && kind !== this.#wasKind) announce(this.#words());
        this.#wasKind = kind;
        retry.hidden = this.#status.state !== "waiting";
        const mode = kind === "polling" ? "Polling 30s" : this.#words();
        for (const element of findAll(".mode")) setText(element, mode);
        if (details.matches(":popover-open")) this.describe();
    }

    act() {
        if (this.#status.state === "unauthorized") this.#signIn();
        else this.#client.retry();
    }

    describe() {
        const { state, reason, transport, error } = this.#status;
        setText(find("h2", details), this.#words());
        setText(find("p", details), sentences[this.#kind()] ?? "");
        const late = this.#unsent.overdue();
        const facts = {
            "Not sent": late.length > 0 && late.slice(0, 10).map(({ what, name }) => `${verbs[what]} “${name}”`).join(", ")
                + (late.length > 10 ? `, and ${late.length - 10} more` : ""),
            "Since": timeOf(this.#since),
            "By": ways[transport],
            "Why": error?.detail ?? reason?.replaceAll("_", " "),
            "Last event": this.#lastEvent && timeOf(this.#lastEvent),
            "You are": this.#client.userId,
            "Connection": this.#client.connectionId,
        };
        const rows = Object.entries(facts).filter(([, value]) => value);
        find("dl", details).replaceChildren(...rows.flatMap(([name, value]) =>
            [make("dt", { text: name }), make("dd", { text: value })]));
        const button = find("button", details);
        button.hidden = !["waiting", "unauthorized"].includes(state);
        setText(button, state === "unauthorized" ? "Sign in again" : "Try now");
    }

    #take(status) {
        if (status.state !== this.#status.state) this.#since = Date.now();
        this.#status = status;
        const heard = ["live", "polling"].includes(status.state);
        this.#hasBeenLive ||= heard;
        if (heard !== this.#wasLive) announce(heard ? "Connected." : `Not connected: ${this.#words()}`);
        this.#wasLive = heard;
        clearInterval(this.#ticker);
        if (status.state === "waiting") this.#ticker = setInterval(() => this.show(), 500);
        this.show();
    }

    /** What is least good of all that is known. */
    #kind() {
        const { state } = this.#status;
        if (["unauthorized", "closed"].includes(state)) return state;
        if (!navigator.onLine) return "offline";
        if (state === "connecting" && this.#hasBeenLive) return "reconnecting";
        if (!["live", "polling"].includes(state)) return state;
        if (this.#unsent.overdue().length > 0) return "unsent";
        return this.#pulse.state === "well" ? state : this.#pulse.state;
    }

    #words() {
        const [kind, late] = [this.#kind(), this.#unsent.overdue().length];
        const seconds = Math.ceil((this.#status.retryAt - Date.now()) / 1000);
        const words = {
            idle: "Connecting…",
            connecting: "Connecting…",
            reconnecting: "Reconnecting…",
            live: "Real-time",
            polling: "Polling",
            unsent: late === 1 ? "1 change not sent yet" : `${late} changes not sent yet`,
            silent: "No answer",
            unsure: "Reconnecting…",
            behind: "Catching up…",
            waiting: seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting…",
            offline: "Offline",
            unauthorized: "Sign in again",
            closed: "Closed",
        }[kind];
        return kind === "unsent" || late === 0 ? words : `${words} · ${late} not sent`;
    }
}

/** Shows a board's connection; the buttons are the page's and stay when the board changes. */
export function showConnection(current) {
    anchored(pill, details, () => current().describe());
    // Not while the pill itself asks for a token: one click is enough.
    pill.addEventListener("click", () => pill.dataset.state === "unauthorized" && (details.hidePopover(), current().act()));
    retry.addEventListener("click", () => current().act());
    find("button", details).addEventListener("click", () => {
        details.hidePopover();
        current().act();
    });
    for (const change of ["online", "offline"]) addEventListener(change, () => current()?.show());
}
