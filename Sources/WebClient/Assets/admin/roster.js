/**
 * The connections that match: each word of `text` is in the user's or the connection's id, in where it comes from, or in the
 * node's name; board and transport are equal.
 */
export function choose(connections, { text = "", board = "", transport = "", behind = false }) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return connections.filter((connection) => {
        const names = [connection.userId, connection.id, connection.address, connection.client, connection.node].join("\n").toLowerCase();
        return words.every((word) => names.includes(word))
            && (board === "" || connection.boards.includes(board))
            && (transport === "" || connection.transport === transport)
            && (!behind || connection.lag > 0 || connection.queuedBytes > 0);
    });
}

const names = {
    user: ({ userId }) => [userId],
    board: ({ boards }) => boards,
    transport: ({ transport }) => [transport],
    node: ({ node }) => node === undefined ? [] : [node],
};

/** Sums by `user`, `board`, `transport` or `node`. A connection that shows several boards counts for each of them. */
export function group(connections, by) {
    const groups = new Map();
    for (const connection of connections) {
        for (const name of names[by](connection)) {
            if (!groups.has(name)) {
                const nothing = { connections: 0, lag: 0, queuedBytes: 0, sentEvents: 0, sentBytes: 0 };
                groups.set(name, { name, users: new Set(), ...nothing });
            }
            const sums = groups.get(name);
            sums.connections += 1;
            sums.users.add(connection.userId);
            sums.lag = Math.max(sums.lag, connection.lag);
            for (const field of ["queuedBytes", "sentEvents", "sentBytes"]) sums[field] += connection[field];
        }
    }
    return [...groups.values()];
}

/** All current names of boards, users, transports or nodes, as `by` says. */
export const namesOf = (connections, by) => [...new Set(connections.flatMap(names[by]))].sort();

/** In this order: most browsers also name those whose pages they want to be shown. */
const browsers = [["Edg", "Edge"], ["OPR", "Opera"], ["Firefox", "Firefox"], ["HeadlessChrome", "Chrome"], ["Chrome", "Chrome"], ["Version", "Safari"]];

/** What a client is, in a word or two, by its `User-Agent`: `Firefox 128`, `curl/8.5.0`. */
export function clientName(agent) {
    if (!agent) return "";
    for (const [token, name] of agent.startsWith("Mozilla/") ? browsers : []) {
        const version = agent.match(new RegExp(`\\b${token}/(\\d+)`))?.[1];
        if (version) return `${name} ${version}`;
    }
    return agent.split(" ")[0];
}
