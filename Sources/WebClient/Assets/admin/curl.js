/** A word as a POSIX shell reads it back, whatever is in it. */
export const quote = (word) => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * The command that shows an event again: a logged one is read from the log, of one that is not logged the next are
 * awaited. The token is named, not written out: what is copied ends in histories and chats.
 *
 * @param before the cursor of the event before it, or null
 */
export function curl(origin, event, before) {
    const logged = event.seq !== undefined && before !== null;
    const url = new URL(logged ? "api/events" : "sse/connect", origin);
    if (logged) url.searchParams.set("since", before);
    url.searchParams.set("types", event.type);
    // By its number it is found even when its board is gone by now.
    if (logged) url.searchParams.set("limit", "1");
    else if (event.boardId) url.searchParams.set("board", event.boardId);
    return `curl ${logged ? "" : "-N "}${quote(String(url))} -H "Authorization: Bearer $BOARDCAST_TOKEN"`;
}
