import { confirm } from "./confirm.js";
import { announce, make } from "../shared/dom.js";
import { plural } from "./format.js";
import { dateAndTime, duration } from "../shared/times.js";

const theirs = (number, user) => `${plural(number, "connection")} of ${user}`;

const mayReconnect = () => make("label", { class: "check" },
    make("input", { type: "checkbox", name: "reconnect" }), "Let the clients come back by themselves");

const reason = (given) => make("label", {}, "Reason, for the record",
    make("input", { name: "reason", maxlength: "500", autocomplete: "off", value: given }));

/** An admin's actions on others. Each asks for confirmation first and names the number of connections concerned. */
export class AdminActs {
    #request;
    #me;
    #done;

    /**
     * @param request the client's
     * @param me returns `{ user, connection }` of this page
     * @param done called when something has changed
     */
    constructor(request, me, done) {
        [this.#request, this.#me, this.#done] = [request, me, done];
    }

    async disconnect({ id, userId, transport, duration: time, boards }) {
        const where = boards.length === 1 ? `on ${boards[0]}` : `on ${plural(boards.length, "board")}`;
        const words = [`${id}, by ${transport}, ${where}, for ${duration(time)}.`];
        if (id === this.#me().connection) words.push("It is the connection of this page.");
        const choice = await confirm({
            title: `Disconnect ${theirs(1, userId)}?`, words, fields: [mayReconnect()], act: "Disconnect 1 connection",
        });
        if (choice) await this.#cut(`/sse/connections/${id}`, choice, userId);
    }

    async disconnectUser(user) {
        const number = await this.#count(user);
        if (number === null) return;
        if (number === 0) return announce(`${user} has no connection any more.`);
        const words = ["Their tokens stay good. To keep them out, revoke the tokens."];
        if (user === this.#me().user) words.push("The connection of this page is one of them.");
        const choice = await confirm({
            title: `Disconnect ${theirs(number, user)}?`, words, fields: [mayReconnect()],
            act: `Disconnect ${plural(number, "connection")}`,
        });
        if (choice) await this.#cut(`/sse/users/${encodeURIComponent(user)}/connections`, choice, user);
    }

    /** @param draft `{ sub | jti | issuedBefore, reason? }`, as the gateway takes it */
    async revoke({ reason: given = "", ...target }) {
        const number = "jti" in target ? null : await this.#count(target.sub);
        if (number === null && !("jti" in target)) return false;
        const cut = plural(number ?? 0, "connection");
        const { title, words, act } = "sub" in target ? {
            title: `Revoke every token of ${target.sub}?`, act: `Revoke, and cut ${cut}`,
            words: [`It cuts ${cut}. What ${target.sub} was issued up to now is no longer good; `
                + "tokens issued later are."],
        } : "jti" in target ? {
            title: "Revoke this token?", act: "Revoke, and cut its connections",
            words: [`Token ${target.jti} is no longer good. The gateway does not tell beforehand how many connections `
                + "it opened: they are cut, and counted afterwards."],
        } : {
            title: `Revoke everybody's tokens?`, act: `Revoke, and cut up to ${cut}`,
            words: [`It cuts up to ${cut}: those whose tokens were issued before ${dateAndTime(target.issuedBefore)}, `
                + "or don't say when. Yours is no exception."],
        };
        if (target.sub === this.#me().user) words.push("That is you: this page will ask for another token.");
        words.push("This can't be undone.");
        const choice = await confirm({ title, words, fields: [reason(given)], act });
        if (!choice) return false;
        const body = { ...target, ...(choice.reason.trim() ? { reason: choice.reason.trim() } : {}) };
        return this.#attempt(async () => {
            const answer = await this.#request("POST", "/api/revocations", { body });
            const later = answer.body.durable ? "" : " It is in force, and not on disk yet.";
            announce(`Revoked; ${plural(answer.body.connections, "connection")} cut.${later}`);
        });
    }

    async renameBoard({ id, name }) {
        const field = make("label", {}, "Name", make("input", { name: "name", maxlength: "500", required: true, autocomplete: "off", value: name }));
        const choice = await confirm({ title: `Rename “${name}”?`, words: [], fields: [field], act: "Rename" });
        if (!choice || !choice.name.trim() || choice.name.trim() === name) return;
        const path = `/api/boards/${encodeURIComponent(id)}`;
        await this.#attempt(async () => {
            await this.#request("PATCH", path, { body: { name: choice.name.trim() } });
            announce("The board has its new name.");
        });
    }

    async deleteBoard({ id, name, tasks }) {
        const words = [tasks === null ? "Its tasks are deleted with it." : tasks === 0 ? "It has no tasks."
            : tasks > 200 ? "More than 200 tasks are deleted with it." : `${plural(tasks, "task")} ${tasks === 1 ? "is" : "are"} deleted with it.`,
        "This can't be undone."];
        if (!await confirm({ title: `Delete the board “${name}”?`, words, act: "Delete the board" })) return;
        await this.#attempt(async () => {
            await this.#request("DELETE", `/api/boards/${encodeURIComponent(id)}`);
            announce("The board is deleted.");
        });
    }

    async cancelJob({ id, name }) {
        const words = ["It ends as cancelled. Its worker is told when it next reports."];
        if (!await confirm({ title: `Cancel “${name}”?`, words, act: "Cancel the job" })) return;
        await this.#attempt(async () => {
            await this.#request("POST", `/api/jobs/${encodeURIComponent(id)}/cancel`);
            announce("The job is cancelled.");
        });
    }

    async #cut(path, { reconnect }, user) {
        await this.#attempt(async () => {
            const { body } = await this.#request("DELETE", `${path}?reconnect=${reconnect}`);
            announce(`${theirs(body.connections, user)} cut.`);
        });
    }

    /** How many connections there are right now; of one user, or of the tenant. */
    async #count(user) {
        let number = null;
        const of = user === undefined ? "" : `&userId=${encodeURIComponent(user)}`;
        await this.#attempt(async () => {
            number = (await this.#request("GET", `/sse/stats?limit=1${of}`)).body.totalConnections;
        }, false);
        return number;
    }

    async #attempt(act, changes = true) {
        try {
            await act();
            return true;
        } catch (error) {
            announce(error.status === 404 ? "It was gone already." : error.detail ?? error.message);
            return false;
        } finally {
            if (changes) this.#done();
        }
    }
}
