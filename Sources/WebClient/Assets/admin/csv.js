import { make } from "../shared/dom.js";

/** A table as RFC 4180 has it; what a spreadsheet would take for a formula is text there. */
export function csv(rows) {
    return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

function cell(value) {
    const text = value === null || value === undefined ? "" : String(value);
    const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** Saves a text as a file. */
export function save(name, text, type) {
    // Spreadsheets know by the mark that it is UTF-8.
    const url = URL.createObjectURL(new Blob(["\ufeff", text], { type }));
    make("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
