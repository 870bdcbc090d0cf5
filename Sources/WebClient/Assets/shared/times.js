const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const steps = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];
/** A due date is a day, the same for everybody, wherever they are. */
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: "UTC" });
const dateAndClock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
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

/** `dateAndTime` is for titles and tables, `timeOf` where the day is plain. */
export const dateAndTime = (time) => dateAndClock.format(new Date(time));

/** A duration in its two greatest units: `3 h 12 min`. */
export function duration(milliseconds) {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    const parts = [[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
    const first = Math.max(0, parts.findIndex(([size]) => seconds >= size));
    if (seconds === 0) return "0 s";
    let left = seconds;
    return parts.slice(first, first + 2).map(([size, unit]) => {
        const number = Math.floor(left / size);
        left -= number * size;
        return number > 0 ? `${number} ${unit}` : null;
    }).filter(Boolean).join(" ");
}

/** The greatest unit of a duration alone, for tables. */
export const age = (milliseconds) => duration(milliseconds).split(" ").slice(0, 2).join(" ");

/** `in 5 min`, `5 min ago` */
export const fromNow = (time, now = Date.now(), words = duration) =>
    time >= now ? `in ${words(time - now)}` : `${words(now - time)} ago`;

/** Days are compared as texts: `2026-01-15`. */
export const today = () => {
    const now = new Date();
    return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
};

/** Nothing is overdue in the last column, `last`, nor in the archive. */
export const isOverdue = (task, last) =>
    task.dueAt !== null && ![last, "archive"].includes(task.status) && task.dueAt.slice(0, 10) < today();
