import { Boardcast } from "../../Sources/WebClient/Assets/sdk/boardcast.js";
import { Clock, settle } from "./clock.mjs";
import { FakeGateway, token } from "./fake-gateway.mjs";

/** All that a client has told. */
class Heard {
    states = [];
    snapshots = [];
    resyncs = [];
    events = [];

    get seqs() {
        return this.events.flatMap(({ seq }) => seq ?? []);
    }

    get names() {
        return this.states.map(({ state }) => state);
    }
}

/** A gateway, a clock, and clients whose surroundings are these and nothing else. */
export class World {
    clock = new Clock();
    gateway = new FakeGateway(this.clock);
    random = 0;
    online = true;
    tokensAsked = 0;

    token = (more) => token(this.clock.now() / 1000 + 3600, more);

    environment(more) {
        const { clock } = this;
        return {
            fetch: this.gateway.fetch, now: clock.now, random: () => this.random, setTimeout: clock.setTimeout,
            clearTimeout: clock.clearTimeout, isOnline: () => this.online, locks: undefined, BroadcastChannel: undefined,
            onWake: () => () => {}, ...more,
        };
    }

    client({ environment, ...options } = {}) {
        const heard = new Heard();
        const surroundings = this.environment({
            onWake: (wake, freeze) => {
                [heard.wake, heard.freeze] = [wake, freeze];
                return () => { heard.wake = heard.freeze = null; };
            },
            ...environment,
        });
        const client = new Boardcast({
            url: "http://gateway.test", boards: ["main"], environment: surroundings, ...options,
            token: options.token ?? (() => {
                this.tokensAsked += 1;
                return this.token();
            }),
        });
        client.on("state", (change) => heard.states.push(change));
        client.on("snapshot", (snapshot) => heard.snapshots.push(snapshot));
        client.on("resync", (resync) => heard.resyncs.push(resync));
        client.on("*", (event) => heard.events.push(event));
        return Object.assign(heard, { client });
    }

    /** One that is open, and as far as it gets without time passing. */
    async open(options) {
        const heard = this.client(options);
        heard.client.open();
        await settle();
        return heard;
    }
}
