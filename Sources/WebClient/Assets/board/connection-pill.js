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
    unauthorized: "The token is not good any more. The board stays as it was until you sign in again.",
    closed: "This board is closed.",
};
const ways = { stream: "Event stream", poll: "Long polls", shared: "Event stream of another tab" };

/** The pill that shows the state of the connection, and its panel of details. */
export class ConnectionPill {
    #client;
    #signIn;
    #status = { state: "idle" };
    #wasLive = false;
    #since = Date.now();
    #lastEvent = null;
    #ticker = null;

    constructor(client, signIn) {
        [this.#client, this.#signIn] = [client, signIn];
        client.on("state", (status) => this.#take(status));
        client.on("*", ({ timestamp }) => this.#lastEvent = timestamp ?? this.#lastEvent);
    }

    show() {
        setText(pill, this.#words());
        pill.dataset.state = this.#kind();
        retry.hidden = this.#status.state !== "waiting";
        const mode = this.#status.state === "polling" ? "Polling 30s" : this.#words();
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
        const facts = {
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
        button.hidden = state !== "waiting" && state !== "unauthorized";
        setText(button, state === "unauthorized" ? "Sign in again" : "Try now");
    }

    #take(status) {
        if (status.state !== this.#status.state) this.#since = Date.now();
        this.#status = status;
        const heard = ["live", "polling"].includes(status.state);
        if (heard !== this.#wasLive) announce(heard ? "Connected." : `Not connected: ${this.#words()}`);
        this.#wasLive = heard;
        clearInterval(this.#ticker);
        if (status.state === "waiting") this.#ticker = setInterval(() => this.show(), 500);
        this.show();
    }

    #kind() {
        return this.#status.state === "waiting" && !navigator.onLine ? "offline" : this.#status.state;
    }

    #words() {
        const seconds = Math.ceil((this.#status.retryAt - Date.now()) / 1000);
        return {
            idle: "Connecting…",
            connecting: this.#status.reason === null ? "Connecting…" : "Reconnecting…",
            live: "Real-time",
            polling: "Polling",
            waiting: seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting…",
            offline: "Offline",
            unauthorized: "Sign in again",
            closed: "Closed",
        }[this.#kind()];
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
