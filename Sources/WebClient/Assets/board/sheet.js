import { columnName } from "./column-names.js";
import { clearConflict, showConflict } from "./conflict.js";
import { ago, dayOf } from "../shared/times.js";
import { clone, find, setText, title } from "../shared/dom.js";
import { Draft, fields } from "./draft.js";
import { LabelEditor } from "./labels.js";

const priorities = ["low", "medium", "high", "urgent"];

/** The task that is open beside the board. */
export class Sheet {
    #root = find("#sheet");
    #form = null;
    #labels;
    #act;
    /** The drafts by task id; they outlive the sheet, so that closing it loses nothing. */
    #drafts = new Map();
    #id = null;
    #saving = false;
    #opener = null;

    /**
     * `act`: `{ task(id), known(id), actor(id), statuses(), users(), mayWrite(), typingIn(id),
     * save(id, patch, version), move(id, status), remove(id), typing(id, is), closed() }`.
     */
    constructor(act, signal) {
        this.#act = act;
        this.#root.addEventListener("keydown", (event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#save();
        }, { signal });
        document.addEventListener("keydown", (event) => {
            const isOurs = this.#root.contains(event.target) || event.target === document.body;
            if (event.key === "Escape" && isOurs && this.#id !== null && !event.defaultPrevented) this.#act.closed();
        }, { signal });
    }

    get id() {
        return this.#id;
    }

    open(id) {
        if (this.#id === id || !this.#act.known(id)) return;
        if (this.#id === null) this.#opener = document.activeElement;
        else this.#leave();
        this.#id = id;
        if (!this.#drafts.has(id)) this.#drafts.set(id, new Draft(this.#act.known(id)));
        this.#build();
        this.#root.hidden = false;
        this.refresh();
        this.typing(this.#act.typingIn(id));
        if (!this.#root.contains(document.activeElement)) find("[data-act=close]", this.#form).focus();
    }

    close() {
        if (this.#id === null) return;
        const inside = this.#root.contains(document.activeElement) || document.activeElement === document.body;
        this.#leave();
        [this.#id, this.#form] = [null, null];
        this.#root.hidden = true;
        this.#root.replaceChildren();
        if (inside && this.#opener?.isConnected) this.#opener.focus();
    }

    /** Shows the task's current state. Fields that the user has changed stay as they are. */
    refresh() {
        const draft = this.#drafts.get(this.#id);
        const task = this.#act.known(this.#id);
        if (!draft) return;
        if (!task || !this.#act.task(this.#id)) return this.#act.closed();
        if (task !== draft.base) draft.rebase(task);
        this.#show(draft);
    }

    /** Shows a refused save: the user's text is in the draft, in conflict with the task's current value. */
    refused(id, message) {
        const task = this.#act.known(id);
        if (task && this.#drafts.has(id)) this.#drafts.get(id).rebase(task);
        this.#saving = false;
        if (id !== this.#id) return false;
        this.refresh();
        this.#warn(message);
        return true;
    }

    /** Offers the board's columns as they are now. */
    arrange() {
        if (this.#form === null) return;
        this.#offerColumns();
        this.refresh();
    }

    #offerColumns() {
        const options = this.#act.statuses().map((status) => new Option(columnName(status), status));
        this.#form.elements.status.replaceChildren(...options);
    }

    typing(text) {
        if (this.#form) setText(find(".body > .typing", this.#form), text);
    }

    #leave() {
        // The focused field reports its value by an event when it loses the focus.
        if (this.#form.contains(document.activeElement)) document.activeElement.blur();
        this.#act.typing(this.#id, false);
        if (!this.#drafts.get(this.#id)?.isDirty) this.#drafts.delete(this.#id);
        this.#saving = false;
    }

    #build() {
        this.#form = clone("#sheet-template");
        const [form, field] = [this.#form, (name) => this.#form.elements[name]];
        this.#offerColumns();
        field("priority").replaceChildren(...priorities.map((name) => new Option(title(name), name)));
        find("datalist", form).replaceChildren(...this.#act.users().map((user) => new Option(user)));
        this.#labels = new LabelEditor(find(".chips-input", form), () => this.#write("labels", this.#labels.value));
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.#save();
        });
        for (const kind of ["input", "change"]) form.addEventListener(kind, ({ target }) => this.#input(target));
        field("status").addEventListener("change", () => this.#act.move(this.#id, field("status").value));
        find("[data-act=close]", form).addEventListener("click", () => this.#act.closed());
        find("[data-act=delete]", form).addEventListener("click", () => this.#remove());
        find("[data-act=revert]", form).addEventListener("click", () => this.#revert());
        if (!this.#act.mayWrite()) {
            for (const control of form.querySelectorAll("input, textarea, select")) control.disabled = true;
            this.#labels.disabled = true;
            find(".buttons", form).hidden = true;
        }
        this.#root.replaceChildren(form);
    }

    #input({ name, value }) {
        if (name === "name" || name === "description" || name === "priority") this.#write(name, value);
        if (name === "assigneeId") this.#write(name, value.trim() || null);
        if (name === "dueAt") {
            const before = this.#drafts.get(this.#id).base.dueAt;
            // The same day keeps the task's time of day.
            this.#write(name, value ? before?.startsWith(value) ? before : `${value}T00:00:00.000Z` : null);
        }
    }

    #write(name, value) {
        const draft = this.#drafts.get(this.#id);
        draft.write(name, value);
        this.#warn("");
        this.#show(draft);
        this.#act.typing(this.#id, true);
    }

    #show(draft) {
        const [form, task] = [this.#form, this.#act.task(this.#id)];
        const set = (name, value) => setValue(form.elements[name], value);
        set("name", draft.value("name"));
        set("description", draft.value("description"));
        set("priority", draft.value("priority") ?? "medium");
        // A trailing space is not part of the value, but must not be removed while the user types.
        if (form.elements.assigneeId.value.trim() !== (draft.value("assigneeId") ?? "")) {
            set("assigneeId", draft.value("assigneeId") ?? "");
        }
        if (document.activeElement !== form.elements.dueAt || draft.value("dueAt") !== null) {
            set("dueAt", draft.value("dueAt")?.slice(0, 10) ?? "");
        }
        set("status", task.status);
        this.#labels.value = draft.value("labels");
        setText(find(".meta", form), `#${task.id} · created by ${task.createdBy} ${ago(task.createdAt)} · `
            + `changed ${ago(task.updatedAt)}`);
        for (const name of fields) this.#showConflict(draft, name);
        const save = find(".primary", form);
        // Not `disabled`, which would move the focus out of the sheet.
        save.setAttribute("aria-disabled", String(!draft.isDirty || this.#saving));
        setText(save, this.#saving ? "Saving…" : draft.conflicts.size > 0 ? "Save mine" : "Save");
        find("[data-act=revert]", form).hidden = !draft.isDirty;
        if (draft.isDirty) setText(find(".saved", form), "");
    }

    #showConflict(draft, name) {
        const field = find(name === "labels" ? ".chips-input" : `[name=${name}]`, this.#form).closest(".field");
        if (!draft.conflicts.has(name)) return clearConflict(field);
        const value = draft.base[name];
        const words = name === "dueAt" && value ? dayOf(value) : Array.isArray(value) ? value.join(", ") : value;
        const who = this.#act.actor(this.#id) ?? "Someone";
        showConflict(field, `${who} changed this to ${words ? `“${words}”` : "nothing"}.`, () => {
            draft.take(name);
            this.#warn("");
            this.#show(draft);
        });
    }

    #warn(message) {
        const warning = find(".warning", this.#form);
        warning.hidden = !message;
        setText(warning, message);
    }

    async #save() {
        const [id, draft] = [this.#id, this.#drafts.get(this.#id)];
        if (!draft?.isDirty || this.#saving || !this.#form.reportValidity()) return;
        this.#saving = true;
        this.#warn("");
        this.#show(draft);
        const saved = await this.#act.save(id, { ...draft.written }, draft.base.version);
        if (saved) draft.rebase(saved);
        if (!draft.isDirty && this.#id !== id) this.#drafts.delete(id);
        if (this.#id !== id) return;
        this.#saving = false;
        this.refresh();
        if (saved && this.#form && !draft.isDirty) setText(find(".saved", this.#form), "Saved");
    }

    #revert() {
        this.#drafts.set(this.#id, new Draft(this.#act.known(this.#id)));
        this.#warn("");
        this.refresh();
    }

    #remove() {
        const id = this.#id;
        this.#act.closed();
        this.#act.remove(id);
    }
}

/** Sets the value if it differs, and keeps the caret's place. */
function setValue(field, value) {
    if (field.value === value) return;
    const hadFocus = document.activeElement === field && field.setSelectionRange && field.selectionStart !== null;
    const [start, end] = hadFocus ? [field.selectionStart, field.selectionEnd] : [];
    field.value = value;
    if (hadFocus) field.setSelectionRange(start, end);
}
