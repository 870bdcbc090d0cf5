/** A task of a board. */
export interface Task {
    id: number;
    boardId: string;
    name: string;
    description: string;
    /** One of the board's `statuses`. */
    status: string;
    priority: "low" | "medium" | "high" | "urgent";
    assigneeId: string | null;
    labels: string[];
    /** RFC 3339. */
    dueAt: string | null;
    /** Tasks of a column are in the order of their ranks, compared as text. */
    rank: string;
    /** For `If-Match`. */
    version: number;
    createdBy: string;
    createdAt: string;
    updatedAt: string;
}

export interface Column {
    /** The status of its tasks. */
    id: string;
    name: string;
    /** How many tasks it should hold at most; nothing enforces it. */
    limit: number | null;
}

export interface Board {
    id: string;
    name: string;
    /** The ids of `columns`. */
    statuses: string[];
    /** From left to right. */
    columns: Column[];
    version: number;
    createdAt: string;
    updatedAt: string;
}

/** What a write may set; `null` clears a field that may be empty. */
export interface TaskFields {
    name?: string;
    description?: string;
    status?: string;
    priority?: Task["priority"];
    assigneeId?: string | null;
    labels?: string[];
    dueAt?: string | null;
}

/** Old and new value of each field that a write changed. */
export type Changes<T> = { [Field in keyof T]?: [T[Field], T[Field]] };

/** What every event in the log has. */
export interface Logged {
    type: string;
    seq: number;
    /** Absent from events for one user, or for everyone in the tenant. */
    boardId?: string;
    boardSeq?: number;
    actor?: string;
    /** The `Idempotency-Key` of the write that made it: how a page knows the echo of its own write. */
    op?: string;
    timestamp: string;
}

interface OfTask extends Logged {
    boardId: string;
    boardSeq: number;
    taskId: number;
}

interface OfBoard extends Logged {
    boardId: string;
    boardSeq: number;
}

interface OfJob extends Logged {
    jobId: string;
    job: JobState;
}

interface OfPresence {
    boardId: string;
    timestamp: string;
}

/** Every event the gateway itself makes, by its type. Published ones have the type and the `data` they were given. */
export interface EventsByType {
    "task.created": OfTask & { type: "task.created"; task: Task };
    "task.updated": OfTask & { type: "task.updated"; task: Task; changes: Changes<Task> };
    "task.status_changed": OfTask & {
        type: "task.status_changed"; task: Task; previousStatus: string; newStatus: string; changes: Changes<Task>;
    };
    /** The task as it was at last. */
    "task.deleted": OfTask & { type: "task.deleted"; task: Task };
    "board.created": OfBoard & { type: "board.created"; board: Board };
    "board.updated": OfBoard & { type: "board.updated"; board: Board; changes: Changes<Board> };
    /** Its tasks are gone with it; nothing else says so. */
    "board.deleted": OfBoard & { type: "board.deleted" };
    "job.created": OfJob & { type: "job.created" };
    "job.progress": OfJob & { type: "job.progress" };
    "job.completed": OfJob & { type: "job.completed" };
    "job.failed": OfJob & { type: "job.failed" };
    /** Takes the place of whatever was known about that board. Not in the log, as the others of presence. */
    "presence.state": OfPresence & { type: "presence.state"; users: string[]; count: number };
    "presence.joined": OfPresence & { type: "presence.joined"; userId: string };
    "presence.left": OfPresence & { type: "presence.left"; userId: string };
    /** Holds for 6 s unless it is said again. Not in the log. */
    "typing": OfPresence & { type: "typing"; taskId: number; userId: string; typing: boolean };
}

export type BoardcastEvent = EventsByType[keyof EventsByType];

/** A published event, or one that this version does not know. */
export interface OtherEvent {
    type: string;
    seq?: number;
    boardId?: string;
    boardSeq?: number;
    data?: unknown;
    timestamp: string;
    [member: string]: unknown;
}

export interface Snapshot {
    boards: Board[];
    tasks: Task[];
    /** What the state is true at: every event told after it is later. */
    cursor: string;
}

/**
 * - `idle`: not opened yet.
 * - `connecting`: on its way; no state has been told yet, or it is being loaded anew.
 * - `live`: events come as they happen.
 * - `polling`: they come by long polls, because streams do not get through; a stream is tried every two minutes.
 * - `waiting`: cut off; tries again at `retryAt`, or at once with `retry()`.
 * - `unauthorized`: the token was refused, and so was a fresh one. `retry()` asks for another.
 * - `closed`: by `close()`, or because no retry can mend it (`error` says why); `open()` begins anew.
 */
export type State = "idle" | "connecting" | "live" | "polling" | "waiting" | "unauthorized" | "closed";

export interface StateChange {
    state: State;
    /**
     * Why, for a program: `network`, `offline`, `silence`, `timeout`, `buffered`, `ended`, `token_unavailable`, a `reason`
     * of `stream.closing` or `stream.resync`, the `code` of a refusal; null when there is nothing to say.
     */
    reason: string | null;
    /** Milliseconds since 1970 of the next attempt, while `waiting`. */
    retryAt: number | null;
    /** How events come: by a stream or by polls of this tab, or from the tab that holds the shared one. */
    transport: "stream" | "poll" | "shared" | null;
    /** What was refused, when `unauthorized`, `closed`, or `waiting` after an answer. */
    error: BoardcastError | null;
}

/** What `on` can be given beside the names of events. */
export interface Notices {
    "state": StateChange;
    /** The state to begin from: at first, and again after every `resync`. Not with `snapshot: false`. */
    "snapshot": Snapshot;
    /** Events are missing that can't be told any more. With `snapshot`, a snapshot follows by itself. */
    "resync": { reason: string; cursor: string };
}

export interface Options {
    /** Where the gateway is. In a page: by default the page's own origin. */
    url?: string;
    /**
     * Gives a JWT. Asked once for all who wait, before the token runs out and when it is refused; null or an empty text
     * means that there is none, and an error that there is none for now.
     */
    token: string | (() => string | null | undefined | Promise<string | null | undefined>);
    /** By default every board that the token is good for, and the user's own room. */
    boards?: string[];
    /** Exact types and families: `["task.*", "typing"]`. By default all. */
    types?: string[];
    /** Whether to begin with a `snapshot` (the default) or with the events after `since`. */
    snapshot?: boolean;
    /** With `snapshot: false`: the cursor to go on from; without it, from now on. */
    since?: string;
    /** One stream for all tabs of this browser (the default), where there are Web Locks. */
    shared?: boolean;
    /** Replaces what the client takes from its surroundings, for tests. */
    environment?: Partial<Environment>;
}

export interface Environment {
    fetch: typeof fetch;
    /** Milliseconds since 1970. */
    now(): number;
    random(): number;
    setTimeout(action: () => void, milliseconds: number): unknown;
    clearTimeout(timer: unknown): void;
    isOnline(): boolean;
    /** Called once, when the client ends with an error and nothing listens to `state`. */
    warn(text: string): void;
    /** Has `wake` called when the page may have slept, `freeze` before it does. Returns what undoes that. */
    onWake(wake: () => void, freeze: () => void): () => void;
    locks: LockManager | undefined;
    BroadcastChannel: typeof BroadcastChannel | undefined;
}

export interface CallOptions {
    /** By default a new one for each POST, PATCH and DELETE: a write that is repeated is still one write. */
    idempotencyKey?: string;
    signal?: AbortSignal;
}

export interface RequestOptions extends CallOptions {
    /** Sent as JSON, except a `Blob` (a file), which is sent as it is. */
    body?: unknown;
    /** The version that the write is meant for; 412 when there is a later one. */
    ifMatch?: number | string;
    headers?: Record<string, string>;
    /** Milliseconds until an attempt counts as failed: 15 000. */
    timeout?: number;
}

export interface Answer<Body = any> {
    status: number;
    /** The JSON, or null. */
    body: Body;
    headers: Headers;
}

export interface Written {
    task: Task;
    seq: number;
}

export interface JobState {
    id: string;
    boardId: string | null;
    name: string;
    status: "queued" | "processing" | "completed" | "failed" | "cancelled";
    /** 0–100, never falling. */
    progress: number;
    message: string | null;
    result: unknown;
    error: string | null;
    details?: unknown;
    [member: string]: unknown;
}

export interface JobNotices {
    "progress": Partial<JobState>;
    "completed": Partial<JobState>;
    "failed": Partial<JobState>;
}

/** A job, followed from its present state to its end, over any number of connections. */
export interface Job {
    readonly id: string;
    /** Fulfilled with what `completed` told; rejected with a `BoardcastError`, code `job_failed`, or by the refusal. */
    readonly finished: Promise<Partial<JobState>>;
    on<Name extends keyof JobNotices>(name: Name, listener: (state: JobNotices[Name]) => void): () => void;
    cancel(): Promise<void>;
    /** Stops following; the job goes on. `finished` stays open. */
    close(): void;
}

/** A refusal, in the gateway's own words, or that there was no answer. */
export class BoardcastError extends Error {
    /** 0 when there was no answer. */
    readonly status: number;
    /** The problem's `code`; `network` or `timeout` when there was no answer. */
    readonly code: string;
    /** What to tell a person. */
    readonly detail: string;
    /** The RFC 9457 problem; a 412 has the current `task` in it. */
    readonly problem: any;
    /** Milliseconds to stay away, when the gateway named them. */
    readonly retryAfter: number | null;
}

/** A new key for `Idempotency-Key`. */
export function newKey(): string;

/** Splits bytes, as they come, into events (HTML §9.2.6). */
export class EventParser {
    /** Milliseconds of the last `retry:`. */
    retry: number | null;
    feed(bytes: Uint8Array): Generator<{ type: string; data: string; lastEventId: string }>;
}

/**
 * A board, live: its state first, then every event once and in order, over any number of connections.
 *
 * Listeners are called in the order of the events, and none of them can stop another.
 */
export class Boardcast {
    constructor(options: Options);

    readonly state: State;
    /** The whole of the last `state` notice. */
    readonly status: StateChange;
    /** Of the stream that events come by; null while there is none. */
    readonly connectionId: string | null;
    /** Whose stream it is; null before the first. */
    readonly userId: string | null;
    /** Where the listeners are: what is told next is later. */
    readonly cursor: string | null;

    /** Whether anything listens to it. */
    isHeard(name: string): boolean;
    /** Returns what takes the listener away again. */
    on<Name extends keyof Notices>(name: Name, listener: (notice: Notices[Name]) => void): () => void;
    on<Name extends keyof EventsByType>(name: Name, listener: (event: EventsByType[Name]) => void): () => void;
    on(name: "task.*", listener: (event: Extract<BoardcastEvent, { type: `task.${string}` }>) => void): () => void;
    on(name: "board.*", listener: (event: Extract<BoardcastEvent, { type: `board.${string}` }>) => void): () => void;
    on(name: "job.*", listener: (event: Extract<BoardcastEvent, { type: `job.${string}` }>) => void): () => void;
    on(
        name: "presence.*", listener: (event: Extract<BoardcastEvent, { type: `presence.${string}` }>) => void,
    ): () => void;
    /** Another type, a family such as `deploy.*`, or `*` for every event. */
    on(name: string, listener: (event: any) => void): () => void;

    open(): void;
    close(): void;
    /** Tries at once, instead of at `retryAt`; asks for another token when `unauthorized`. */
    retry(): void;

    /**
     * A call with the token in a header. It is sent up to three times when no answer comes, and once more with a fresh
     * token after a 401.
     *
     * @throws {BoardcastError} for every status that is not 2xx, and when there is no answer.
     */
    request<Body = any>(method: string, path: string, options?: RequestOptions): Promise<Answer<Body>>;
    createTask(fields: TaskFields & { name: string; boardId?: string }, options?: CallOptions): Promise<Written>;
    updateTask(id: number, patch: TaskFields, options?: CallOptions & { version?: number }): Promise<Written>;
    /** Behind the task `after`, or first with null. */
    moveTask(
        id: number, to: { status: string; after: number | null }, options?: CallOptions & { version?: number },
    ): Promise<Written>;
    deleteTask(id: number, options?: CallOptions & { version?: number }): Promise<void>;
    snapshot(board: string): Promise<{ board: Board; tasks: Task[]; cursor: string }>;
    boards(): Promise<Board[]>;
    /** Holds for 5 s: say it again while it goes on. */
    typing(board: string, taskId: number, typing: boolean): Promise<void>;
    job(id: string): Job;
}
