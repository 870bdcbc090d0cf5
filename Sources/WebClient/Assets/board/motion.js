const stillness = matchMedia("(prefers-reduced-motion: reduce)");
/** The most cards in the changing columns with which moves are animated. */
const most = 600;

/** Measures the current places of the visible cards of `lists`. */
export function measure(lists) {
    const cards = [...lists].flatMap((list) => [...list.children]);
    if (stillness.matches || document.hidden || cards.length > most) return new Map();
    return new Map(cards.map((card) => [card, card.getBoundingClientRect()]));
}

/** Animates each card from its measured place to its current one (FLIP). */
export function glide(places) {
    const cards = [...places.keys()].filter((card) => card.isConnected);
    for (const card of cards) {
        for (const animation of card.getAnimations()) if (animation.id === "glide") animation.cancel();
    }
    for (const [card, now] of cards.map((card) => [card, card.getBoundingClientRect()])) {
        const then = places.get(card);
        const [x, y] = [then.x - now.x, then.y - now.y];
        if (x === 0 && y === 0 || !isSeen(now) && !isSeen(then)) continue;
        // Cards that change column pass above the others.
        const zIndex = x === 0 ? 0 : 1;
        card.animate([{ transform: `translate(${x}px, ${y}px)`, zIndex }, { transform: "none", zIndex }],
            { id: "glide", duration: 220, easing: "cubic-bezier(.2, 0, 0, 1)" });
    }
}

const isSeen = ({ top, bottom, left, right }) => bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;

export function highlight(card) {
    if (stillness.matches) return;
    // Opacity alone: the compositor fades it, while the page is free for the next event.
    card?.animate({ opacity: [1, 0] }, { duration: 1800, easing: "ease-in", pseudoElement: "::before" });
}
