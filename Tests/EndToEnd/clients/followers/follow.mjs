// A program that follows a board by the JavaScript client, and prints what it is told: one JSON object a line.
import { readFileSync } from "node:fs";
import { Boardcast } from "../../../../Sources/WebClient/Assets/sdk/boardcast.js";

const { BOARDCAST_URL: url, TOKEN_FILE: file, SINCE: since } = process.env;
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const client = new Boardcast({
    url, token: () => readFileSync(file, "utf8"), boards: ["main"], snapshot: false, ...(since ? { since } : {}),
});
client.on("state", ({ state, reason, error }) => {
    if (["unauthorized", "closed"].includes(state)) {
        print({ error: error?.code ?? reason });
        process.exit(1);
    }
    print({ state, reason });
});
client.on("resync", ({ reason }) => print({ resync: reason }));
client.on("*", (event) => event.seq !== undefined && print({ event: event.type, seq: event.seq, name: event.task?.name }));
client.open();
