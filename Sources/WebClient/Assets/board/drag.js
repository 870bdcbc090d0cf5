import { find, findAll } from "../shared/dom.js";
import { idOf } from "./view.js";

/** How far a mouse must move, in pixels, and how long a finger must rest, in milliseconds, to lift a card. */
const slack = 5;
const rest = 260;
/** The distance from the board's edge, in pixels, within which dragging scrolls it. */
const edge = 56;
/** How long a finger must stay at an edge until the next column comes, and until the one after that, in milliseconds. */
const pause = 300;
const stride = 850;

/** Moves cards with mouse, pen and finger. A finger that moves at once scrolls; one that rests lifts a card. */
export class Drag {
    #root = find("#board");
    #lift;
    #mayWrite;
    /** `{ pointerId, card, x, y, dx, dy, timer, ghost }` while a pointer is down on a card. */
    #held = null;
    #frame = 0;

    constructor(lift, mayWrite, signal) {
        [this.#lift, this.#mayWrite] = [lift, mayWrite];
        this.#root.addEventListener("pointerdown", (event) => this.#down(event), { signal });
        addEventListener("pointermove", (event) => this.#move(event), { signal });
        addEventListener("pointerup", (event) => this.#up(event), { signal });
        addEventListener("pointercancel", (event) => this.#mine(event) && this.cancel(), { signal });
        addEventListener("keydown", (event) => {
            if (event.key !== "Escape" || !this.#held?.ghost) return;
            event.stopImmediatePropagation();
            this.cancel();
        }, { capture: true, signal });
        // Once a finger has lifted a card, the page must not scroll under it.
        const hold = (event) => this.#held?.ghost && event.preventDefault();
        this.#root.addEventListener("touchmove", hold, { passive: false, signal });
        this.#root.addEventListener("contextmenu", (event) => {
            if (this.#held && event.pointerType !== "mouse") event.preventDefault();
        }, { signal });
    }

    cancel() {
        const lifted = this.#held?.ghost;
        this.#release();
        if (lifted && this.#lift.id !== null) this.#lift.cancel();
    }

    #mine(event) {
        return this.#held?.pointerId === event.pointerId;
    }

    #down(event) {
        const card = event.target.closest(".card");
        if (!card || this.#held || !this.#mayWrite() || event.button !== 0 || event.target.closest(".more")) return;
        const place = card.getBoundingClientRect();
        const { pointerId, clientX: x, clientY: y } = event;
        this.#held = { pointerId, card, x, y, dx: x - place.x, dy: y - place.y, type: event.pointerType };
        if (event.pointerType === "touch") this.#held.timer = setTimeout(() => this.#begin(), rest);
    }

    #move(event) {
        if (!this.#mine(event)) return;
        const held = this.#held;
        const far = Math.hypot(event.clientX - held.x, event.clientY - held.y) > slack;
        if (!held.ghost) {
            if (!far) return;
            if (held.type === "touch") return this.#release();
            if (!this.#begin()) return;
        }
        [held.x, held.y] = [event.clientX, event.clientY];
        this.#frame ||= requestAnimationFrame(() => this.#follow());
    }

    #up(event) {
        if (!this.#mine(event)) return;
        const lifted = this.#held.ghost;
        if (lifted) {
            this.#aim();
            // The click at the end of a drag must not open the card.
            const swallow = (click) => click.stopImmediatePropagation();
            addEventListener("click", swallow, { capture: true, once: true });
            setTimeout(() => removeEventListener("click", swallow, { capture: true }));
        }
        this.#release();
        if (lifted && this.#lift.id !== null) this.#lift.drop();
    }

    #begin() {
        const held = this.#held;
        if (!held.card.isConnected || !this.#lift.begin(idOf(held.card))) {
            this.#release();
            return false;
        }
        const { width, height } = held.card.getBoundingClientRect();
        const ghost = held.card.cloneNode(true);
        ghost.removeAttribute("id");
        ghost.removeAttribute("data-task-id");
        ghost.removeAttribute("data-lifted");
        ghost.classList.add("ghost");
        ghost.inert = true;
        ghost.style.width = `${width}px`;
        ghost.style.height = `${height}px`;
        document.body.append(ghost);
        held.ghost = ghost;
        this.#root.setAttribute("data-dragging", "");
        this.#follow();
        return true;
    }

    /** Updates the drag once a frame while a card is lifted. */
    #follow() {
        this.#frame = 0;
        if (!this.#held?.ghost) return;
        const { ghost, x, y, dx, dy } = this.#held;
        ghost.style.transform = `translate(${x - dx}px, ${y - dy}px) rotate(1.2deg)`;
        this.#aim();
        if (this.#scroll()) this.#frame = requestAnimationFrame(() => this.#follow());
    }

    #scroll() {
        const { x, y } = this.#held;
        const { left, right, top, bottom } = this.#root.getBoundingClientRect();
        const speed = (low, high, at) => at < low + edge ? at - low - edge : at > high - edge ? at - high + edge : 0;
        const before = [this.#root.scrollLeft, this.#root.scrollTop];
        const side = speed(left, right, x);
        const isStepping = this.#held.type === "touch";
        const [across, down] = [isStepping ? 0 : side / 4, speed(top, bottom, y) / 4];
        // Even a scroll by nothing would end the one to the next column.
        if (across !== 0 || down !== 0) this.#root.scrollBy(across, down);
        if (isStepping && this.#step(Math.sign(side), left)) return true;
        return before[0] !== this.#root.scrollLeft || before[1] !== this.#root.scrollTop;
    }

    /**
     * Brings the next column, one after the other: under a finger a column is as wide as the board, and would be gone
     * before it can be aimed at.
     *
     * @returns whether there is more to come
     */
    #step(side, left) {
        const held = this.#held;
        if (side === 0) held.stepAt = null;
        if (side === 0) return false;
        const now = performance.now();
        held.stepAt ??= now + pause;
        if (now < held.stepAt) return true;
        const margin = parseFloat(getComputedStyle(this.#root).paddingLeft);
        const ways = findAll(".column", this.#root).map((column) => column.getBoundingClientRect().left - left - margin);
        const way = side > 0 ? ways.find((way) => way > 8) : ways.findLast((way) => way < -8);
        if (way === undefined) return false;
        this.#root.scrollBy({ left: way, behavior: "smooth" });
        held.stepAt = now + stride;
        return true;
    }

    /**
     * Finds the column under the pointer and the card above it. It uses offsets, since rectangles include running
     * animations.
     */
    #aim() {
        const { card, x, y, dy, ghost } = this.#held;
        const columns = findAll(".column", this.#root).map((column) => ({ column, place: column.getBoundingClientRect() }));
        const { column } = columns.find(({ place }) => x < place.right) ?? columns.at(-1);
        const list = find(".cards", column);
        const middle = y - dy + ghost.offsetHeight / 2 - list.getBoundingClientRect().top;
        let after = null;
        for (const other of list.children) {
            if (other === card) continue;
            if (other.offsetTop + other.offsetHeight / 2 > middle) break;
            after = idOf(other);
        }
        if (this.#lift.id !== null) this.#lift.to(column.dataset.status, after);
    }

    #release() {
        clearTimeout(this.#held?.timer);
        cancelAnimationFrame(this.#frame);
        this.#frame = 0;
        this.#held?.ghost?.remove();
        this.#held = null;
        this.#root.removeAttribute("data-dragging");
    }
}
