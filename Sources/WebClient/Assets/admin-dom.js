export const find = (selector, within = document) => within.querySelector(selector);

/**
 * Makes an element. What comes from outside is only ever set as text or as an attribute's value.
 *
 * `attributes`: a value of false, null or undefined leaves one out, true gives it no value, and `onclick` and the like
 * are listened to.
 */
export function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === "function") element.addEventListener(name.slice(2), value);
        else setAttribute(element, name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
}

/** Touches the page only when there is something new to say. */
export function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
    return element;
}

export function setAttribute(element, name, value) {
    if (value === false || value === null || value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value === true ? "" : value)) {
        element.setAttribute(name, value === true ? "" : value);
    }
}

/** Makes `parent` hold `children`, in this order, without moving those that stand right. */
export function arrange(parent, children) {
    const wanted = new Set(children);
    for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
    children.forEach((child, place) => {
        if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
    });
}

/** Says it to those who listen to the page instead of looking at it, and shows it for a while to the others. */
export function announce(text) {
    const notice = make("p", {}, text);
    find("#notices").append(notice);
    setTimeout(() => notice.remove(), 10_000);
}

/** @returns whether it is on the clipboard; a page on plain HTTP from another host has none. */
export async function copy(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        return false;
    }
}
