import { announce, find, setText } from "../shared/dom.js";

/** The form by which an admin publishes an event. */
export class Publisher {
    #panel = find("#publish");
    #form = find("form", this.#panel);
    #button = find("#open-publish");
    #request;
    #isSending = false;

    /** `request` is the client's. */
    constructor(request) {
        this.#request = request;
        this.#button.addEventListener("click", () => this.#panel.hidden ? this.open() : this.close());
        find("[data-act=close]", this.#form).addEventListener("click", () => this.close());
        this.#form.elements.to.addEventListener("change", () => this.#turn());
        this.#form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.#send();
        });
    }

    /** With an event, all is filled in as that was published. */
    async open(event = null) {
        const { elements } = this.#form;
        this.#panel.hidden = false;
        this.#button.setAttribute("aria-expanded", "true");
        this.#say("");
        await this.#offer();
        if (event !== null) {
            const { type, data, boardId, userId, seq } = event;
            elements.type.value = type;
            elements.data.value = JSON.stringify(data, null, 2);
            elements.to.value = boardId !== undefined ? `board ${boardId}` : userId !== undefined ? "user" : "";
            elements.user.value = userId ?? "";
            elements.ephemeral.checked = seq === undefined;
            this.#turn();
        }
        elements.type.focus();
        this.#panel.scrollIntoView({ block: "nearest" });
    }

    close() {
        this.#panel.hidden = true;
        this.#button.setAttribute("aria-expanded", "false");
        if (this.#panel.contains(document.activeElement)) this.#button.focus();
    }

    async #offer() {
        const { to } = this.#form.elements;
        const chosen = to.value;
        const boards = await this.#request("GET", "/api/boards").then(({ body }) => body.items, () => []);
        to.replaceChildren(new Option("Everyone in the tenant", ""), new Option("One user", "user"),
            ...boards.map(({ id, name }) => new Option(`Board ${name}`, `board ${id}`)));
        to.value = chosen;
        if (to.selectedIndex < 0) to.selectedIndex = 0;
        this.#turn();
    }

    #turn() {
        const { to, user } = this.#form.elements;
        user.disabled = user.parentNode.hidden = to.value !== "user";
    }

    async #send() {
        const { type, to, user, data, ephemeral } = this.#form.elements;
        if (this.#isSending) return;
        this.#say("");
        const body = { type: type.value.trim() };
        try {
            body.data = JSON.parse(data.value || "null");
        } catch (error) {
            return this.#say(`The data is not JSON: ${error.message}`);
        }
        if (to.value === "user") body.userId = user.value.trim();
        else if (to.value) body.boardId = to.value.slice("board ".length);
        if (ephemeral.checked) body.ephemeral = true;
        this.#isSending = true;
        try {
            const answer = await this.#request("POST", "/api/publish", { body });
            announce(answer.body?.seq === undefined ? "Published." : `Published as number ${answer.body.seq}.`);
        } catch (error) {
            this.#say(error.detail ?? error.message);
        } finally {
            this.#isSending = false;
        }
    }

    #say(text) {
        setText(find(".said", this.#form), text);
    }
}
