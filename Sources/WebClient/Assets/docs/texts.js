import { make } from "../shared/dom.js";

/** A text of the description as nodes: what stands in backticks is code. */
export const prose = (text) =>
    text.split("`").map((part, place) => place % 2 === 1 ? make("code", { text: part }) : part);

/** A path that may be broken after each slash. */
export const breakable = (path) =>
    path.split(/(?<=\/)/).flatMap((part, place) => place === 0 ? [part] : [make("wbr"), part]);
