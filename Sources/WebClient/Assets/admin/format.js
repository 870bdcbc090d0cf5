import { duration } from "../shared/times.js";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

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
