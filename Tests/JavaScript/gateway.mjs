import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Boardcast } from "../../Sources/WebClient/Assets/sdk/boardcast.js";

const binary = process.env.BOARDCAST_BIN ?? new URL("../../.build/debug/boardcast", import.meta.url).pathname;

/** Long enough for a loaded machine; it only turns a hang into a failure. */
const deadline = 60_000;

/** The built gateway, over a database of its own. */
export class Gateway {
    url = null;
    #directory = mkdtempSync(join(tmpdir(), "boardcast-"));
    #environment;
    #process = null;

    constructor(settings = {}) {
        const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("BOARDCAST_"));
        this.#environment = {
            ...Object.fromEntries(inherited), BOARDCAST_AUTH_SECRET: randomBytes(32).toString("hex"),
            BOARDCAST_LIMITS_WRITES_PER_SECOND: "1000000", BOARDCAST_LIMITS_WRITE_BURST: "1000000",
            BOARDCAST_SSE_RETRY_MILLISECONDS: "200", ...settings,
        };
    }

    /** A second start keeps the port. */
    async start() {
        const port = this.url ? new URL(this.url).port : "0";
        const database = `sqlite:${join(this.#directory, "boardcast.sqlite")}`;
        this.#process = spawn(binary, ["serve", "--port", port, "--database", database], {
            env: this.#environment, stdio: ["ignore", "pipe", "ignore"],
        });
        for await (const line of createInterface(this.#process.stdout)) {
            const listening = /^listening on (http:\S+)$/.exec(line);
            if (!listening) continue;
            this.#process.stdout.resume();
            this.url = listening[1];
            return this;
        }
        throw new Error("the gateway ended before it listened");
    }

    async kill() {
        const gone = once(this.#process, "exit");
        this.#process.kill("SIGKILL");
        await gone;
    }

    forget() {
        for (const end of ["", "-wal", "-shm"]) rmSync(join(this.#directory, `boardcast.sqlite${end}`), { force: true });
    }

    mint(sub, ...more) {
        const claims = ["--sub", sub, "--tenant", "acme", "--claim", `jti="${randomBytes(8).toString("hex")}"`, ...more];
        return execFileSync(binary, ["token", "mint", ...claims], { env: this.#environment, encoding: "utf8" }).trim();
    }

    client(sub, options = {}) {
        const token = this.mint(sub);
        return new Boardcast({ url: this.url, token, boards: ["main"], ...options });
    }

    async dispose() {
        if (this.#process?.exitCode === null && this.#process.signalCode === null) await this.kill();
        rmSync(this.#directory, { recursive: true, force: true });
    }
}

/** Resolves when `condition` holds, which is asked at each event and change of the client. */
export function until(client, condition, what) {
    return new Promise((resolve, reject) => {
        const offs = [];
        const end = (settle, value) => {
            clearTimeout(timer);
            for (const off of offs) off();
            settle(value);
        };
        const look = () => condition() && end(resolve);
        const timer = setTimeout(() => end(reject, new Error(`never happened: ${what}; ${client.state}`)), deadline);
        for (const name of ["*", "state", "snapshot"]) offs.push(client.on(name, look));
        look();
    });
}
