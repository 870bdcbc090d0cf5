import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { linesOf } from "../../Sources/WebClient/Assets/board/import-report.js";

const cases = JSON.parse(readFileSync(new URL("../Vectors/import-report.json", import.meta.url), "utf8"));

test("the page says of an import what the command says", () => {
    for (const { result, lines } of cases) assert.deepEqual(linesOf(result), lines);
});
