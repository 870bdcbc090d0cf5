#!/usr/bin/env python3
"""Two builds measured in one run, for a change to the hot path:  against.py BEFORE [AFTER] [--rounds 3] [--only ROW,…]

BEFORE and AFTER are `boardcast` binaries of release builds; AFTER is this checkout's unless it is given. The runs of the two
are interleaved, server on core 0, generator on core 1; prints the medians as Markdown. Needs `make` in this folder.
"""
import argparse, json, os, sys, tempfile, time
import bench, compare, mkjwt

SATURATED = ["--conns", "1000", "--payload", "200", "--rate", "0", "--window", "16", "--publishers", "8", "--coalesce-us", "200"]
FIXED = ["--conns", "1000", "--payload", "200", "--rate", "100"]
FAST = ["--conns", "200", "--payload", "200", "--rate", "2000", "--publishers", "4"]
TASKS = ["--conns", "1", "--payload", "60", "--publishers", "4", "--rate", "500"]
WRITES = ["--conns", "1", "--payload", "60", "--rate", "0", "--window", "64", "--publishers", "64"]
IDLE = ["--mode", "idle", "--conns", "10000"]
STORM = ["--mode", "storm", "--conns", "5000", "--payload", "200"]

# row: server, arguments, seconds, [(figure, key, unit, scale)]
ROWS = {
    "fixed": ("boardcast-ephemeral", FIXED, 6, [("CPU per delivery, 1,000 in a room, 100 events/s", "cpu_us_per_delivery", "µs", 1)]),
    "fixed-log": ("boardcast", FIXED, 6, [("the same with the log", "cpu_us_per_delivery", "µs", 1)]),
    "sat": ("boardcast-ephemeral", SATURATED, 5, [("deliveries/s at saturation", "deliveries_per_s", "/s", 1)]),
    "sat-log": ("boardcast", SATURATED, 5, [("the same with the log", "deliveries_per_s", "/s", 1)]),
    "fast": ("boardcast", FAST, 6, [("2,000 events/s into a room of 200, p99", "latency_ms_p99", "ms", 1)]),
    "tasks": ("boardcast-tasks", TASKS, 6, [("task write → another client's stream, p50", "latency_ms_p50", "ms", 1),
                                           ("the same, p99", "latency_ms_p99", "ms", 1)]),
    "writes": ("boardcast-tasks", WRITES, 5, [("task writes/s, 64 in flight", "publishes_per_s", "/s", 1),
                                             ("CPU of a task write, 64 in flight", "cpu_us_per_delivery", "µs", 1)]),
    "idle": ("boardcast-tokens", IDLE, None, [("memory per idle stream, 10,000", "bytes_per_conn", "KB", 1000),
                                              ("CPU per connect, a token each", "server_cpu_us_per_connect", "µs", 1)]),
    "storm": ("boardcast", STORM, None, [("5,000 come back, 10 events each", "storm_reconnects_per_s", "/s", 1)]),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after", nargs="?", default=os.path.join(bench.HERE, "../../.build/release/boardcast"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(ROWS), help="some of: " + ", ".join(ROWS))
    options = parser.parse_args()
    binaries = {"before": os.path.abspath(options.before), "after": os.path.abspath(options.after)}
    known, load = bench.servers(), argparse.Namespace(load_core=1)
    with tempfile.NamedTemporaryFile("w", suffix=".tokens") as tokens:
        claims = {"iat": int(time.time()), "exp": int(time.time()) + 86400, "tenant": "load", "role": "admin"}
        for number in range(10_000):
            tokens.write(mkjwt.token("a-secret-for-load-tests-0123456789", {"sub": f"user-{number}", **claims}) + "\n")
        tokens.flush()
        print(f"| figure | before | after | after/before |\n|---|---|---|---|")
        for row in options.only.split(","):
            name, arguments, seconds, figures = ROWS[row]
            arguments = arguments + (["--duration", str(seconds)] if seconds else [])
            arguments += ["--token-file", tokens.name] if row == "idle" else []
            runs = {which: [] for which in binaries}
            for turn in range(options.rounds):
                # Neither of the two is always the first.
                for which in list(binaries)[:: 1 if turn % 2 == 0 else -1]:
                    conf = dict(known[name].conf)
                    conf["env"] = {**conf.get("env", {}), "BOARDCAST_BIN": binaries[which]}
                    server = compare.Server(name, conf, bench.HERE)
                    server.start({0})
                    try:
                        found = server.load(arguments, "a", load)
                    finally:
                        server.stop()
                    if found:
                        runs[which].append(found)
                        print(f"  {which}: {json.dumps({key: found.get(key) for _, key, _, _ in figures})}", file=sys.stderr)
            for figure, key, unit, scale in figures:
                before, after = (bench.Figures(runs[which])[key] / scale for which in binaries)
                shown = "{:,.0f}" if before > 500 else "{:.2f}"
                print(f"| {figure} | {shown.format(before)} {unit} | {shown.format(after)} {unit} | {after / before:.2f} |", flush=True)


if __name__ == "__main__":
    main()
