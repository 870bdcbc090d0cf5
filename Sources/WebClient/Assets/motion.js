const stillness = matchMedia("(prefers-reduced-motion: reduce)");
/** With more cards than these in the columns that change, nothing glides. */
const most = 300;

/** Where the cards of `lists` are seen now. */
export function measure(lists) {
    const cards = [...lists].flatMap((list) => [...list.children]);
    if (stillness.matches || cards.length > most) return new Map();
    return new Map(cards.map((card) => [card, card.getBoundingClientRect()]));
}

/** Lets each card travel from where it was seen to where it is (FLIP). */
export function glide(places) {
    const cards = [...places.keys()].filter((card) => card.isConnected);
    for (const card of cards) {
        for (const animation of card.getAnimations()) if (animation.id === "glide") animation.cancel();
    }
    for (const [card, now] of cards.map((card) => [card, card.getBoundingClientRect()])) {
        const [x, y] = [places.get(card).x - now.x, places.get(card).y - now.y];
        if (x === 0 && y === 0) continue;
        // What changes column passes above the others.
        const zIndex = x === 0 ? 0 : 1;
        card.animate([{ transform: `translate(${x}px, ${y}px)`, zIndex }, { transform: "none", zIndex }],
            { id: "glide", duration: 240, easing: "cubic-bezier(.2, 0, 0, 1)" });
    }
}

export function highlight(card) {
    if (stillness.matches) return;
    card?.animate({ outlineColor: ["var(--accent)", "transparent"] }, { duration: 1800, easing: "ease-in" });
}
