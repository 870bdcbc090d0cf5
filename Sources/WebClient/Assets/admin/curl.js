/** Quotes any text as one word of a POSIX shell. */
export const quote = (word) => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * The command that shows an event again: a logged event is read from the log; for one that is not logged, the command
 * waits for the next of its kind. The token is a variable, not written out, since copied text ends up in histories and
 * chats.
 *
 * @param base the URL under which the server's paths are, with a slash at its end
 * @param before the cursor of the event before it, or null
 */
export function curl(base, event, before) {
    const logged = event.seq !== undefined && before !== null;
    const url = new URL(logged ? "api/events" : "sse/connect", base);
    if (logged) url.searchParams.set("since", before);
    url.searchParams.set("types", event.type);
    // By its number the event is found even when its board has been deleted.
    if (logged) url.searchParams.set("limit", "1");
    else if (event.boardId) url.searchParams.set("board", event.boardId);
    return `curl ${logged ? "" : "-N "}${quote(String(url))} -H "Authorization: Bearer $BOARDCAST_TOKEN"`;
}
