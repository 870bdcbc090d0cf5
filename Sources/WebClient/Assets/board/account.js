import { anchored, find, setText } from "../shared/dom.js";

/** Who is signed in, and the ways out: to the admin page, and altogether. */
export class Account {
    #panel = find("#person");
    #session;

    /** `signOut()` is called when the user asks for it. */
    constructor(session, signOut) {
        this.#session = session;
        anchored(find("#account"), this.#panel, () => this.show());
        find("button", this.#panel).addEventListener("click", () => {
            this.#panel.hidePopover();
            signOut();
        });
    }

    /** Why the role is this one, for those who wonder. */
    explain(because = "") {
        setText(find(".because", this.#panel), because && `${because[0].toUpperCase()}${because.slice(1)}.`);
        this.show();
    }

    show() {
        const { sub = "", tenant } = this.#session.claims ?? {};
        const role = this.#session.role;
        setText(find("h2", this.#panel), sub);
        setText(find("p", this.#panel), [tenant && `of ${tenant}`, role && `role: ${role}`].filter(Boolean).join(", "));
        for (const text of [".looker", ".because"]) find(text, this.#panel).hidden = this.#session.mayWrite;
        find("a", this.#panel).hidden = !this.#session.mayAdminister;
    }
}
