const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dateAndClock = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

export const count = (number) => whole.format(number);

/** `3 connections`, `1 connection` */
export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** A rate or a measure: three digits are enough to read. */
export const measure = (number) => Math.abs(number) >= 1000 ? whole.format(number) : short.format(number);

export function bytes(number) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    for (; number >= 1024 && unit < units.length - 1; unit += 1) number /= 1024;
    return `${unit === 0 ? count(number) : short.format(number)} ${units[unit]}`;
}

export const milliseconds = (number) =>
    number >= 10_000 ? duration(number) : number < 1 ? "< 1 ms" : `${measure(number)} ms`;

/** The two greatest units of a time: `3 h 12 min`. */
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

/** Its greatest unit alone, for tables. */
export const age = (milliseconds) => duration(milliseconds).split(" ").slice(0, 2).join(" ");

/** `in 5 min`, `5 min ago` */
export const fromNow = (time, now = Date.now(), words = duration) =>
    time >= now ? `in ${words(time - now)}` : `${words(now - time)} ago`;

export const timeOfDay = (time) => clock.format(new Date(time));
export const dateAndTime = (time) => dateAndClock.format(new Date(time));
