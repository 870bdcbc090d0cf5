import { find } from "../shared/dom.js";

/**
 * The form that revokes by user, by token or by time.
 *
 * @param revoke `acts.revoke`; resolves to whether it was done
 */
export function makeRevokeForm(revoke) {
    const form = find("#revoke");
    form.addEventListener("change", () => turn(form));
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const { kind, reason } = form.elements;
        const value = form.elements[kind.value].value.trim();
        // A text without a zone is parsed as local time, in which it was entered.
        const target = kind.value === "issuedBefore" ? new Date(value).toISOString() : value;
        if (await revoke({ [kind.value]: target, reason: reason.value })) {
            form.reset();
            turn(form);
        }
    });
}

/** Shows and requires only the field of the chosen kind. */
function turn(form) {
    for (const label of form.querySelectorAll("[data-kind]")) {
        label.hidden = label.dataset.kind !== form.elements.kind.value;
        find("input", label).disabled = label.hidden;
    }
}
