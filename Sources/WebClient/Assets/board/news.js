import { columnName } from "./column-names.js";

/** Another user's change in words, if it is worth a banner; otherwise null. */
export function newsOf(event, me) {
    const { type, actor, task, changes } = event;
    if (!actor || actor === me) return null;
    if (type === "task.created") {
        return task.assigneeId === me ? `${actor} added “${task.name}” for you` : `${actor} added “${task.name}”`;
    }
    if (type === "task.updated" && changes?.assigneeId?.[1] === me) return `${actor} gave you “${task.name}”`;
    if (type === "task.status_changed" && task.assigneeId === me) {
        return `${actor} moved “${task.name}” to ${columnName(event.newStatus)}`;
    }
    return null;
}

const verbs = { create: "added", update: "saved", move: "moved", delete: "deleted" };

/** Why a change was undone, as text for the user who made it. */
export function refusalOf(error, what, task, actor) {
    const name = `“${task?.name ?? "The task"}”`;
    const verb = `was not ${verbs[what]}`;
    if (what === "create" && error.status === 404) return `${name} ${verb}: the board is gone.`;
    if (error.status === 412) return `${name} ${verb}: ${actor ?? "someone"} changed it meanwhile.`;
    if (error.status === 404) return `${name} ${verb}: it was deleted meanwhile.`;
    if (error.status === 403) return `${name} ${verb}: your token does not allow it.`;
    return `${name} ${verb}. ${error.detail ?? ""}`;
}
