import { title } from "../shared/dom.js";

/** The names of the open board's columns, by status. */
let names = new Map();

/** Takes the columns of the board that is shown from now on. */
export function nameColumns(columns) {
    names = new Map(columns.map(({ id, name }) => [id, name]));
}

/** How people see a status. One that the board does not have, as in old events, is shown as it is spelled. */
export function columnName(status) {
    return names.get(status) ?? title(status);
}

/**
 * The status of the column that is a board's archive, if the board has one: its tasks are in the list, and not on the
 * board.
 */
export const archive = "archive";

/** The statuses of the columns that the board shows. */
export const onBoard = (statuses) => statuses.filter((status) => status !== archive);
