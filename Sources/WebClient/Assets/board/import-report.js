/**
 * What an import did not take over from its file, in words, a line for each. `boardcast import` says the same
 * (`ImportReport+lines.swift`; `Tests/Vectors/import-report.json` holds both to it).
 */
export function linesOf(result) {
    return [...badRows(result), ...values(result), ...cuts(result), ...others(result)];
}

function badRows({ bad = 0, badRows: rows = [] }) {
    const lines = rows.map(({ row, reason }) => `row ${row}: ${reason}`);
    const more = bad - rows.length;
    return more > 0 ? [...lines, `and ${more} more bad ${more === 1 ? "row" : "rows"}`] : lines;
}

/** The lists of values that were not understood, the name of a value in each, and what became of its tasks. */
const kinds = [
    ["unknownStatuses", "status", (value, tasks, one) => `no column “${value}” here: ${tasks} ${one ? "is" : "are"} in the first`],
    ["unknownPriorities", "priority", (value, tasks, one) => `no priority “${value}” here: ${tasks} ${one ? "is" : "are"} medium`],
    ["unknownDates", "date", (value, tasks, one) => `the date “${value}” can't be read: ${tasks} ${one ? "has" : "have"} none`],
    ["unknownAssignees", "assignee",
        (value, tasks, one) => `“${value}” can't be an assignee: ${tasks} ${one ? "has" : "have"} none`],
    ["unknownLabels", "label", (value, tasks, one) => `“${value}” can't be a label: ${tasks} ${one ? "is" : "are"} without it`],
    ["unknownDescriptions", "description",
        (value, tasks, one) => `“${value}” can't be a description: ${tasks} ${one ? "has" : "have"} none`],
];

function values(result) {
    return kinds.flatMap(([list, name, words]) => (result[list] ?? []).map((entry) =>
        words(entry[name], tasksOf(entry), entry.tasks === 1) + rowsOf(entry)));
}

function cuts({ cutFields = [], keptInDescription: kept = [] }) {
    return [
        ...cutFields.map((entry) => `${entry.field} too long: cut in ${tasksOf(entry)}${rowsOf(entry)}`),
        ...kept.map((entry) => `“${entry.column}” is in the description of ${tasksOf(entry)}${rowsOf(entry)}`),
    ];
}

const left = { comments: "comments", attachments: "attachments", customFields: "values of custom fields",
    completedDates: "due dates that are done", checklists: "checklists of no card" };

function others({ addedColumns = [], archived = 0, leftOut = {}, encoding, ignoredColumns = [] }) {
    const lines = [];
    if (addedColumns.length > 0) lines.push(`columns added: ${addedColumns.map(({ name }) => name).join(", ")}`);
    if (archived > 0) lines.push(`${archived} archived ${archived === 1 ? "card was" : "cards were"} left out`);
    const counts = Object.entries(left).filter(([name]) => leftOut[name] > 0).map(([name, words]) => `${words}: ${leftOut[name]}`);
    if (counts.length > 0) lines.push(`left out: ${counts.join(", ")}`);
    if (encoding === "utf-8, windows-1252") lines.push("the file is not all UTF-8: the rest was read as Windows-1252");
    else if (encoding && !encoding.startsWith("utf-")) lines.push(`the file is not UTF-8: it was read as ${spelled(encoding)}`);
    if (ignoredColumns.length > 0) lines.push(`passed over: ${ignoredColumns.join(", ")}`);
    return lines;
}

/** `Windows-1250`, `ISO-8859-2`: as people write them. */
const spelled = (name) => name.startsWith("windows") ? name.replace("windows", "Windows") : name.toUpperCase();

const tasksOf = ({ tasks }) => tasks === 1 ? "1 task" : `${tasks} tasks`;

/** ` (rows 4, 5 …)` */
function rowsOf({ tasks, rows = [] }) {
    if (rows.length === 0) return "";
    return ` (${tasks === 1 ? "row" : "rows"} ${rows.join(", ")}${rows.length < tasks ? " …" : ""})`;
}
