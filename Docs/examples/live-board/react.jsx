// A live board in React 18 and later. `npm install` the package that `npm pack` makes of Sources/WebClient/Assets/sdk.
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { Boardcast } from "boardcast";
import { LiveBoard } from "boardcast/live-board.js";

const nothing = [];

/** The columns of a board with their tasks, and the state of the connection. */
function useBoard(id) {
    const [open, setOpen] = useState(null);
    // Strict mode mounts twice: each time has a client of its own, and closes it.
    useEffect(() => {
        const client = new Boardcast({
            url: "https://boards.example.com",
            token: async () => (await fetch("/boardcast-token")).text(),
            boards: [id],
        });
        const live = new LiveBoard(client, id);
        setOpen({ client, live });
        client.open();
        return () => {
            live.close();
            client.close();
        };
    }, [id]);
    const follow = useCallback((changed) => {
        const removers = open ? [open.live.on("change", changed), open.client.on("state", changed)] : [];
        return () => removers.forEach((remove) => remove());
    }, [open]);
    const columns = useSyncExternalStore(follow, () => open?.live.columns ?? nothing);
    const state = useSyncExternalStore(follow, () => open?.client.state ?? "idle");
    return { client: open?.client, columns, state };
}

export function Board({ id }) {
    const { client, columns, state } = useBoard(id);
    return (
        <main aria-busy={state !== "live"}>
            {columns.map(({ id: status, name, tasks }) => (
                <section key={status}>
                    <h2>{name} ({tasks.length})</h2>
                    <ul>{tasks.map((task) => (
                        <li key={task.id}>
                            {task.name}
                            <button onClick={() => client.deleteTask(task.id, { version: task.version })}>Delete</button>
                        </li>
                    ))}</ul>
                </section>
            ))}
        </main>
    );
}
