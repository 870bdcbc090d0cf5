import { columnName } from "./column-names.js";
import { clearConflict, showConflict, showReplaced } from "./conflict.js";
import { ago } from "../shared/times.js";
import { clone, find, setText, title } from "../shared/dom.js";
import { fields, same, textOf } from "./draft.js";
import { Described } from "./described.js";
import { LabelEditor } from "./labels.js";

const priorities = ["low", "medium", "high", "urgent"];

/** The task that is open beside the board. */
export class Sheet {
    #root = find("#sheet");
    #form = null;
    #labels;
    #described;
    #act;
    /** They outlive the sheet, so that closing it loses nothing. */
    #drafts;
    #id = null;
    #saving = false;
    #opener = null;

    /**
     * `act`: `{ task(id), known(id), actor(id), statuses(), users(), mayWrite(), typingIn(id), isLate(id),
     * save(id, patch, version, before), move(id, status), remove(id), typing(id, is), putBack(draft), discarded(draft), copy(text), history(root, id), closed() }`.
     */
    constructor(act, drafts, signal) {
        [this.#act, this.#drafts] = [act, drafts];
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
        const task = this.#act.known(id);
        if (this.#id === id || !task && !this.#drafts.get(id)?.gone) return;
        if (this.#id === null) this.#opener = document.activeElement;
        else this.#leave();
        this.#id = id;
        if (task) this.#drafts.of(task);
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
        if (this.#id === null) return;
        const [draft, task] = [this.#drafts.get(this.#id), this.#act.known(this.#id)];
        if (!draft) return this.#act.closed();
        if (task && this.#act.task(this.#id) && draft.gone?.what !== "board") {
            draft.gone = null;
            this.#follow(draft, task);
        } else if (!draft.gone) return this.#act.closed();
        this.#show(draft);
    }

    /** Shows a refused save: the user's text is in the draft, in conflict with the task's current value. */
    refused(id, message) {
        const [task, draft] = [this.#act.known(id), this.#drafts.get(id)];
        if (task && draft) this.#follow(draft, task, id);
        if (id !== this.#id) return false;
        this.#saving = false;
        this.refresh();
        if (this.#id !== null) this.#warn(draft?.gone ? "" : message);
        return true;
    }

    #follow(draft, task, id = this.#id) {
        if (task === draft.base) return;
        draft.rebase(task);
        this.#drafts.keep(id);
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
        this.#drafts.tidy(this.#id);
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
        const draft = () => this.#drafts.get(this.#id);
        find("[data-act=put-back]", form).addEventListener("click", () => this.#act.putBack(draft()));
        find("[data-act=copy]", form).addEventListener("click", () => this.#act.copy(textOf(draft())));
        find("[data-act=forget]", form).addEventListener("click", () => this.#forget());
        this.#described = new Described(find(".described", form), this.#act.mayWrite());
        this.#act.history(find(".history", form), this.#id);
        if (!this.#act.mayWrite()) {
            for (const control of form.querySelectorAll("input, textarea, select")) control.disabled = true;
            this.#labels.disabled = true;
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
        this.#drafts.keep(this.#id);
        this.#warn("");
        this.#show(draft);
        if (!draft.gone) this.#act.typing(this.#id, true);
    }

    #show(draft) {
        const form = this.#form;
        const task = this.#act.task(this.#id) ?? draft.base;
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
        for (const name of fields) this.#showNotes(draft, name);
        this.#described.show(draft);
        this.#showState(draft);
    }

    /** Shows what can be done with what is written: save it, or put the task back that it was for. */
    #showState(draft) {
        const form = this.#form;
        const save = find("[data-act=save]", form);
        // Not `disabled`, which would move the focus out of the sheet.
        save.setAttribute("aria-disabled", String(!draft.isDirty || this.#saving));
        setText(save, this.#saving ? "Saving…" : draft.conflicts.size > 0 ? "Save mine" : "Save");
        find("[data-act=revert]", form).hidden = !draft.isDirty || this.#saving;
        const isLate = this.#saving && this.#act.isLate(this.#id);
        if (isLate) this.#say("Not sent yet. It is kept and sent as soon as the server answers.");
        else if (draft.isDirty) this.#say(this.#saving ? "" : "Not saved");
        else if (Object.keys(draft.replaced).length > 0) this.#say("");
        find(".saved", form).toggleAttribute("data-open", draft.isDirty);
        const { gone } = draft;
        find(".buttons", form).hidden = gone !== null || !this.#act.mayWrite();
        find(".look-only", form).hidden = this.#act.mayWrite();
        find(".with-hint small", form).hidden = !this.#act.mayWrite();
        form.elements.status.disabled = gone !== null || !this.#act.mayWrite();
        find(".gone", form).hidden = gone === null;
        if (!gone) return;
        this.#say("");
        setText(find(".gone p", form), gone.what === "task"
            ? `${gone.who} deleted this task. What you wrote is still here.`
            : "This board was deleted. What you wrote is still here.");
        find("[data-act=put-back]", form).hidden = gone.what !== "task" || !this.#act.mayWrite();
    }

    #say(text) {
        setText(find(".saved", this.#form), text);
    }

    /** Shows below a field who else has changed it, if somebody has. */
    #showNotes(draft, name) {
        const field = find(name === "labels" ? ".chips-input" : `[name=${name}]`, this.#form).closest(".field");
        const theirs = draft.base[name];
        const replaced = draft.replaced[name];
        if (draft.gone) return clearConflict(field);
        if (draft.conflicts.has(name)) {
            const who = this.#act.actor(this.#id) ?? "Somebody";
            const mine = () => draft.value(name);
            return showConflict(field, { name, who, before: draft.origins[name], mine, theirs }, (value) => {
                if (value === undefined) draft.take(name);
                else draft.write(name, value);
                draft.conflicts.delete(name);
                this.#decided(draft);
            });
        }
        if (!replaced || same(replaced.mine, theirs)) return clearConflict(field);
        showReplaced(field, { name, theirs, ...replaced }, (value) => {
            delete draft.replaced[name];
            const wasDirty = draft.isDirty;
            if (value !== null) draft.write(name, value);
            this.#decided(draft);
            if (value !== null && !wasDirty) this.#save();
        }, () => this.#act.copy(replaced.mine));
    }

    #decided(draft) {
        this.#drafts.keep(this.#id);
        this.#warn("");
        this.#say("");
        this.#show(draft);
    }

    #warn(message) {
        const warning = find(".warning", this.#form);
        warning.hidden = !message;
        setText(warning, message);
    }

    async #save() {
        const [id, draft] = [this.#id, this.#drafts.get(this.#id)];
        if (!draft?.isDirty || draft.gone || this.#saving || !this.#form.reportValidity()) return;
        this.#saving = true;
        this.#warn("");
        this.#show(draft);
        const saved = await this.#act.save(id, { ...draft.written }, draft.base.version, { ...draft.base });
        if (saved) {
            draft.rebase(saved);
            this.#drafts.keep(id);
        }
        if (this.#id !== id) return this.#drafts.tidy(id);
        this.#saving = false;
        this.refresh();
        if (saved && this.#form && !draft.isDirty && Object.keys(draft.replaced).length === 0) this.#say("Saved");
    }

    #revert() {
        this.#act.discarded(this.#drafts.get(this.#id));
        this.#drafts.drop(this.#id);
        this.#drafts.of(this.#act.known(this.#id));
        this.#warn("");
        this.#say("");
        this.refresh();
    }

    #forget() {
        const id = this.#id;
        this.#act.discarded(this.#drafts.get(id));
        this.#act.closed();
        this.#drafts.drop(id);
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
