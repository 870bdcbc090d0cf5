import type { Board, Boardcast, Column, Task } from "./boardcast.js";

export interface LiveColumn extends Column {
    /** In the order of the board. */
    tasks: Task[];
}

/**
 * - `snapshot`: everything may be different.
 * - `task`: the task `id` was made or changed (`task` is what it is now) or deleted (`task` is undefined). `before` is
 *   what it was; undefined for a new one.
 * - `board`: its name or its columns are different.
 * - `gone`: it was deleted, or may not be seen any more.
 */
export type LiveChange =
    | { kind: "snapshot" }
    | { kind: "task"; id: number; task: Task | undefined; before: Task | undefined }
    | { kind: "board" }
    | { kind: "gone" };

/**
 * The state of one board, kept by what a client tells: its tasks by column, in order.
 *
 * To be made before `client.open()`, so that it hears the first snapshot. The client must be one for this board (with
 * others, or with all), with `snapshot` and with the types `task.*` and `board.*`.
 */
export class LiveBoard {
    constructor(client: Boardcast, id: string);

    readonly id: string;
    /** Null before the first snapshot, and when the board is gone. */
    readonly board: Board | null;
    readonly isGone: boolean;
    /** How many tasks there are. */
    readonly size: number;
    /** From left to right. The same object until something changes, so that it can be compared. */
    readonly columns: readonly LiveColumn[];

    task(id: number): Task | undefined;
    /** Called after each change, with the state as it is then. Returns what takes the listener away again. */
    on(name: "change", listener: (change: LiveChange) => void): () => void;
    /** Stops following; the client goes on. */
    close(): void;
}
