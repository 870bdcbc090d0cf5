import { timeOf } from "../shared/times.js";
import { anchored, find, make, setText } from "../shared/dom.js";
import { Stored } from "../shared/stored.js";

/** Whether the user has asked for notifications outside the page. */
const permission = new Stored(() => localStorage, "boardcast.notify");

const kept = 100;

/** Messages about the user's own actions, and news of what others did. */
export class Notices {
    #banner = find("#banner");
    #bell = find("#bell");
    #log = find("#log ol");
    #outside = find("#log .title button");
    #unread = 0;
    #timer = null;
    #open;
    #asked = false;

    /** `open(taskId)` is called when the user follows a piece of news. */
    constructor(open) {
        this.#open = open;
        anchored(this.#bell, find("#log"), () => this.#read());
        find("button", this.#banner).addEventListener("click", () => this.#hide());
        const can = "Notification" in window;
        this.#outside.addEventListener("click", () => this.#allow());
        this.#asked = can && Notification.permission === "granted" && permission.get() === "yes";
        this.#outside.hidden = !can || this.#asked || Notification.permission === "denied";
    }

    /**
     * A message at the bottom. Stays a while, longer under the pointer or the focus.
     *
     * @param action the text of a button, and `act` what it does; or `actions`, a list of such pairs
     * @param stay for how many milliseconds; `Infinity` until it is dismissed
     * @returns a function that removes it
     */
    say(text, { action, act, actions = action ? [[action, act]] : [], tone = "plain", stay = 8000 } = {}) {
        const notice = make("div", { class: "notice", "data-tone": tone }, make("p", { text }));
        const close = () => notice.remove();
        if (stay === Infinity) actions = [...actions, ["Dismiss", () => {}]];
        else {
            let timer = setTimeout(close, stay);
            const hold = () => clearTimeout(timer);
            const release = () => {
                hold();
                timer = setTimeout(close, stay / 2);
            };
            for (const name of ["pointerenter", "focusin"]) notice.addEventListener(name, hold);
            for (const name of ["pointerleave", "focusout"]) notice.addEventListener(name, release);
        }
        notice.append(...actions.map(([text, act]) => make("button", { type: "button", text, onclick: () => {
            close();
            act();
        } })));
        find("#notices").append(notice);
        return close;
    }

    /** News: a banner for five seconds, a line in the log, and outside of the page when the user asked for that. */
    news(text, taskId, timestamp) {
        this.note(text, taskId, timestamp);
        this.#show(text);
        if (this.#asked && document.hidden) this.#tell(text, taskId);
    }

    /** A line in the log alone. */
    note(text, taskId, timestamp = Date.now()) {
        const button = make("button", { type: "button", class: "quiet", text });
        const line = make("li", {}, make("time", { text: timeOf(timestamp) }), button);
        button.addEventListener("click", () => {
            find("#log").hidePopover();
            this.#open(taskId);
        });
        this.#log.prepend(line);
        while (this.#log.childElementCount > kept) this.#log.lastElementChild.remove();
        find("#log .empty").hidden = true;
        this.#count(find("#log").matches(":popover-open") ? 0 : this.#unread + 1);
    }

    #show(text) {
        const more = this.#banner.hidden ? 1 : Number(this.#banner.dataset.count) + 1;
        this.#banner.dataset.count = more;
        setText(find("span", this.#banner), more > 1 ? `${text} · ${more} changes` : text);
        this.#banner.hidden = false;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#hide(), 5000);
    }

    #hide() {
        clearTimeout(this.#timer);
        this.#banner.hidden = true;
    }

    #read() {
        this.#count(0);
        this.#hide();
    }

    #count(unread) {
        this.#unread = unread;
        const badge = find(".badge", this.#bell);
        badge.hidden = unread === 0;
        setText(badge, unread > 99 ? "99+" : String(unread));
        this.#bell.setAttribute("aria-label", unread === 0 ? "Notifications" : `Notifications, ${unread} new`);
    }

    /** Asks for permission; only after a click, as browsers require. */
    async #allow() {
        const answer = await Notification.requestPermission();
        this.#asked = answer === "granted";
        if (this.#asked) permission.set("yes");
        this.#outside.hidden = answer !== "default";
        if (answer === "denied") this.say("The browser does not let this page notify you.");
    }

    #tell(text, taskId) {
        const notification = new Notification("Boardcast", { body: text, tag: "boardcast" });
        notification.addEventListener("click", () => {
            focus();
            this.#open(taskId);
            notification.close();
        });
    }
}
