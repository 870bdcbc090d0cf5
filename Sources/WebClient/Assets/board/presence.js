import { anchored, avatar, find, make } from "../shared/dom.js";

/** How long typing is shown without being renewed, and how often our own is renewed, in milliseconds. */
const holds = 6000;
const every = 2000;
const shown = 5;

/** The users present on the board, and those who type in its tasks. */
export class Presence {
    #client;
    #board;
    #changed;
    #root = find("#people");
    #users = [];
    /** The number of users that the server counts without naming them. */
    #unnamed = 0;
    /** Task's id → user's id → timer that ends it. */
    #typing = new Map();
    #saidAt = 0;
    #saidOf = null;

    /** `changed(id, text)`: called with the new text about who types in the task. */
    constructor(client, board, changed) {
        [this.#client, this.#board, this.#changed] = [client, board, changed];
        this.#root.replaceChildren();
        const here = (act) => (event) => event.boardId === board && act(event);
        client.on("presence.state", here(({ users, count }) => this.#know(users, count - users.length)));
        client.on("presence.joined", here(({ userId }) => this.#know([...this.#users, userId], this.#unnamed)));
        client.on("presence.left", here(({ userId }) =>
            this.#know(this.#users.filter((user) => user !== userId), this.#unnamed)));
        client.on("typing", here((event) => this.#heard(event)));
        client.on("task.*", here(({ taskId, actor }) => {
            if (this.#typing.get(taskId)?.has(actor)) this.#heard({ taskId, userId: actor, typing: false });
        }));
    }

    get users() {
        return this.#users;
    }

    /** Reports that the user types in a task, or has stopped. Failures are ignored. */
    say(taskId, typing) {
        const now = Date.now();
        if (typing && this.#saidOf === taskId && now - this.#saidAt < every) return;
        if (!typing && this.#saidOf !== taskId) return;
        [this.#saidOf, this.#saidAt] = [typing ? taskId : null, now];
        this.#client.typing(this.#board, taskId, typing).catch(() => {});
    }

    #know(users, unnamed) {
        [this.#users, this.#unnamed] = [[...new Set(users)].sort(), unnamed];
        const count = this.#users.length + unnamed;
        const button = find("button", this.#root) ?? this.#makeButton();
        const faces = this.#users.slice(0, shown).map((user) => Object.assign(avatar(user), { title: user }));
        if (count > shown) faces.push(make("span", { class: "avatar", text: `+${count - shown}` }));
        button.replaceChildren(...faces);
        button.setAttribute("aria-label", count === 1 ? "1 person is here" : `${count} people are here`);
        button.hidden = count === 0;
        const names = this.#users.map((user) => make("li", {}, avatar(user),
            make("span", { text: user === this.#client.userId ? `${user} (you)` : user })));
        if (unnamed > 0) names.push(make("li", { text: `and ${unnamed} more` }));
        find("#crowd ul").replaceChildren(...names);
    }

    #makeButton() {
        const button = make("button", { type: "button", class: "quiet" });
        anchored(button, find("#crowd"));
        this.#root.append(button);
        return button;
    }

    #heard({ taskId, userId, typing }) {
        if (userId === this.#client.userId) return;
        const writers = this.#typing.get(taskId) ?? new Map();
        this.#typing.set(taskId, writers);
        clearTimeout(writers.get(userId));
        if (typing) writers.set(userId, setTimeout(() => this.#heard({ taskId, userId, typing: false }), holds));
        else writers.delete(userId);
        if (writers.size === 0) this.#typing.delete(taskId);
        this.#changed(taskId, this.typingIn(taskId));
    }

    typingIn(taskId) {
        const names = [...this.#typing.get(taskId)?.keys() ?? []];
        if (names.length === 0) return "";
        return names.length === 1 ? `${names[0]} is typing…` : `${names.slice(0, 2).join(", ")} are typing…`;
    }
}
