const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const steps = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];
/** A due date is a day, the same for everybody, wherever they are. */
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: "UTC" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const dayOf = (time) => day.format(new Date(time));
export const timeOf = (time) => clock.format(new Date(time));

/** `3 min. ago` */
export function ago(time) {
    let amount = (new Date(time) - Date.now()) / 1000;
    for (const [unit, size] of steps) {
        if (Math.abs(amount) < size) return relative.format(Math.min(0, Math.round(amount)), unit);
        amount /= size;
    }
}

/** Days are compared as texts: `2026-01-15`. */
export const today = () => {
    const now = new Date();
    return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
};

export const isOverdue = (task, last) => task.dueAt !== null && task.status !== last && task.dueAt.slice(0, 10) < today();
