import { find, make, setText } from "../shared/dom.js";

/** Shows which boards can be opened: in place of one that there is not, or over what is left of one that is gone. */
export function offerOthers(heading, boards) {
    const place = find("#nowhere");
    setText(find("h2", place), heading);
    setText(find("p", place), boards.length > 0 ? "These can be opened:" : "There is none that you may see.");
    find("ul", place).replaceChildren(...boards.map(({ id, name }) =>
        make("li", {}, make("a", { href: `#board=${encodeURIComponent(id)}`, text: name }))));
    place.hidden = false;
}
