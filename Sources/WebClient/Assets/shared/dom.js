export const find = (selector, root = document) => root.querySelector(selector);
export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];
export const clone = (template) => find(template).content.firstElementChild.cloneNode(true);

/** Sets an element's text, if it differs. Text from users is never set as HTML. */
export function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
    return element;
}

/** Sets an attribute. False, null and undefined remove it; true sets it without a value. */
export function setAttribute(element, name, value) {
    if (value === false || value === null || value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value === true ? "" : value)) {
        element.setAttribute(name, value === true ? "" : value);
    }
}

/**
 * `make("button", { type: "button", text: "Undo", onclick: undo }, …children)`
 *
 * `text` is its text, a function listens to the event that it is named for, everything else is an attribute, as for
 * `setAttribute`. Children that are null or undefined are left out.
 */
export function make(tag, { text, ...attributes } = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === "function") element.addEventListener(name.slice(2), value);
        else setAttribute(element, name, value);
    }
    if (text !== undefined) element.textContent = text;
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
}

/** Makes `parent` hold `children`, in this order, without moving those that are in place. */
export function arrange(parent, children) {
    const wanted = new Set(children);
    for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
    children.forEach((child, place) => {
        if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
    });
}

/** `in_progress` → `In progress` */
export function title(status) {
    const words = status.replace(/[_-]+/g, " ");
    return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The hue for a text, the same on every page. */
export function hueOf(text) {
    let hash = 7;
    for (const character of text) hash = (hash * 31 + character.codePointAt(0)) % 997;
    return String(hash * 360 / 997 | 0);
}

export function avatar(userId) {
    const initials = userId.split(/[^\p{L}\p{N}]+/u).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join("");
    const mark = make("span", { class: "avatar", "aria-hidden": "true", text: (initials || "?").toUpperCase() });
    mark.style.setProperty("--hue", hueOf(userId));
    return mark;
}

/** Has buttons without words show their names to those who point at them. */
export function nameOnHover() {
    addEventListener("pointerover", ({ target }) => {
        const button = target.closest("button[aria-label]");
        if (button && button.innerText.trim() === "") setAttribute(button, "title", button.getAttribute("aria-label"));
    });
}

/** Opens a popover below `anchor`, inside the window. */
export function openBelow(popover, anchor) {
    const place = anchor.getBoundingClientRect();
    popover.showPopover();
    const { offsetWidth: width, offsetHeight: height } = popover;
    const below = place.bottom + 6;
    const top = below + height < innerHeight ? below : Math.max(8, place.top - height - 6);
    popover.style.left = `${Math.max(8, Math.min(place.right - width, innerWidth - width - 8))}px`;
    popover.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
}

/** Makes a button open a popover next to itself. The browser links the two, so that another click closes it. */
export function anchored(button, popover, prepare = () => {}) {
    button.popoverTargetElement = popover;
    button.setAttribute("aria-haspopup", "dialog");
    button.addEventListener("click", (event) => {
        event.preventDefault();
        if (popover.matches(":popover-open")) return popover.hidePopover();
        prepare();
        openBelow(popover, button);
    });
}

/**
 * Announces a text to users of screen readers, in the element `data-announcer`. Each text is an element of its own, so
 * that repeated words are read out again; when the attribute has a value, the text is also visible, for that many
 * milliseconds.
 */
export function announce(text) {
    const announcer = find("[data-announcer]");
    const words = make("p", { text });
    announcer.append(words);
    while (announcer.childElementCount > 3) announcer.firstElementChild.remove();
    if (announcer.dataset.announcer) setTimeout(() => words.remove(), Number(announcer.dataset.announcer));
}

/** Copies a text. @returns whether that succeeded. */
export async function copy(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        return copySelected(text);
    }
}

/** A page on plain HTTP from another host has no clipboard, but may copy what is selected. */
function copySelected(text) {
    const focused = document.activeElement;
    const field = make("textarea", { class: "unseen" });
    field.value = text;
    (find("dialog[open]") ?? document.body).append(field);
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    focused?.focus?.({ preventScroll: true });
    return isCopied;
}
