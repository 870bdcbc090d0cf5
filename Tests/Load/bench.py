#!/usr/bin/env python3
"""The table of Docs/PERFORMANCE.md, measured here and now:  bench.py [--rounds 3] [--quick] [--only ROW,…]

Server on core 0, generator on core 1, peers interleaved in the same call, medians. Needs `make` in this folder, a
release build, and the peers' packages (see peers/README.md). Prints Markdown.
"""
import argparse, contextlib, datetime, json, os, platform, shlex, statistics, subprocess, sys, tempfile, threading, time, tomllib
import urllib.request
import compare, mkjwt

HERE = os.path.dirname(os.path.abspath(__file__))


def servers():
    known = {}
    for name in ("servers.toml", "boardcast.toml"):
        with open(os.path.join(HERE, name), "rb") as file:
            known |= {key: compare.Server(key, value, HERE) for key, value in tomllib.load(file).items()}
    return known


class Bench:
    def __init__(self, options):
        self.options, self.known, self.rows = options, servers(), []
        self.load_options = argparse.Namespace(load_core=1)

    def measure(self, names, arguments):
        """Median figures by server, interleaved over the rounds."""
        runs = {name: [] for name in names}
        for _ in range(self.options.rounds):
            for name in names:
                server = self.known[name]
                server.start({0})
                try:
                    figures = server.load(arguments, "a", self.load_options)
                finally:
                    server.stop()
                if figures:
                    runs[name].append(figures)
                    print(f"  {name}: {json.dumps({k: figures.get(k) for k in ('deliveries_per_s', 'cpu_us_per_delivery', 'latency_ms_p99', 'missing', 'duplicates', 'other')})}",
                          file=sys.stderr)
        return {name: Figures(found) for name, found in runs.items()}

    def row(self, figure, boardcast, peers, goal):
        self.rows.append((figure, boardcast, peers, goal))
        print(f"| {figure} | {boardcast} | {peers} | {goal} |", flush=True)

    # The rows, in the order of the table

    def fixed(self):
        got = self.measure(["nchan1", "boardcast-ephemeral", "boardcast", "floor-send"],
                           ["--conns", "1000", "--payload", "200", "--duration", self.seconds(8), "--rate", "100"])
        nchan, ours, durable, floor = (got[k]["cpu_us_per_delivery"] for k in ("nchan1", "boardcast-ephemeral", "boardcast", "floor-send"))
        self.row("CPU per delivery, one event at a time, 1,000 in a room, 100/s",
                 f"{ours:.2f} µs = {ours / nchan:.2f} of nchan, {ours / floor:.2f} of the floor (with the log {durable:.2f} µs = {durable / nchan:.2f})",
                 f"nchan {nchan:.2f} µs, C `send` loop {floor:.2f} µs", "≤ 0.8 of nchan")

    def sat(self):
        got = self.measure(["nchan1", "boardcast-ephemeral", "boardcast"],
                           ["--conns", "1000", "--payload", "200", "--duration", self.seconds(6), "--rate", "0", "--window", "64",
                            "--publishers", "8", "--coalesce-us", "200"])
        nchan, ours, durable = (got[k]["deliveries_per_s"] for k in ("nchan1", "boardcast-ephemeral", "boardcast"))
        self.row("deliveries/s at saturation, 1,000 in a room, 64 on the way",
                 f"{ours:,.0f} = {ours / nchan:.1f}× nchan (with the log {durable:,.0f} = {durable / nchan:.1f}×)",
                 f"nchan {nchan:,.0f}", "≥ 6× nchan, with the log")

    def fast(self):
        got = self.measure(["boardcast", "boardcast-ephemeral"],
                           ["--conns", "200", "--payload", "200", "--duration", self.seconds(8), "--rate", "2000", "--publishers", "4"])
        self.row("2,000 events/s into a room of 200, p99",
                 f"{got['boardcast']['latency_ms_p99']:.1f} ms with the log, {got['boardcast-ephemeral']['latency_ms_p99']:.1f} ms without; "
                 f"missing {got['boardcast']['missing']:.0f}", "–", "≤ 10 ms")

    def beside(self):
        found = {"boardcast-ephemeral": [], "boardcast": []}
        for _ in range(self.options.rounds):
            for name in found:
                server = self.known[name]
                server.start({0})
                try:
                    self.make_boards(server, ["big", "small"])
                    big = self.background(server, "big", ["--conns", "5000", "--rate", "20"])
                    with ahead():
                        found[name].append(self.one(server, "small", ["--conns", "10", "--rate", "200", "--publishers", "4"]))
                    big.join()
                finally:
                    server.stop()
        got = {name: Figures(runs) for name, runs in found.items()}
        ours, durable = got["boardcast-ephemeral"], got["boardcast"]
        self.row("a small room's p99 beside a 5,000-connection room at 20 events/s",
                 f"{ours['latency_ms_p99']:.1f} ms, p50 {ours['latency_ms_p50']:.2f} "
                 f"(with the log {durable['latency_ms_p99']:.1f} ms, p50 {durable['latency_ms_p50']:.2f})",
                 "–", "≤ 6 ms")

    def idle(self):
        with tempfile.NamedTemporaryFile("w", suffix=".tokens") as file:
            now = int(time.time())
            claims = {"iat": now, "exp": now + 86400, "tenant": "load", "role": "admin"}
            for number in range(10_000):
                file.write(mkjwt.token("a-secret-for-load-tests-0123456789", {"sub": f"user-{number}", **claims}) + "\n")
            file.flush()
            arguments = ["--mode", "idle", "--conns", "10000"]
            ours = self.measure(["boardcast-tokens"], arguments + ["--token-file", file.name])["boardcast-tokens"]
        peers = self.measure(["nchan1", "node"], arguments)
        self.row("memory per idle authenticated stream, 10,000", f"{ours['bytes_per_conn'] / 1000:.2f} KB",
                 ", ".join(f"{n} {peers[n]['bytes_per_conn'] / 1000:.1f} KB" for n in peers), "≤ 1.2 KB")
        connect, nchan = ours["server_cpu_us_per_connect"], peers["nchan1"]["server_cpu_us_per_connect"]
        self.row("CPU per connect, an HS256 token each", f"{connect:.0f} µs = {connect / nchan:.2f} of nchan",
                 ", ".join(f"{n} {peers[n]['server_cpu_us_per_connect']:.0f} µs" for n in peers) + " (nchan checks nothing)", "≤ 1.2 of nchan")

    def storm(self):
        got = self.measure(["boardcast", "nchan1", "node"], ["--mode", "storm", "--conns", "5000", "--payload", "200"])
        ours = got["boardcast"]
        self.row("reconnect storm, 5,000 with 10 events each replayed",
                 f"{ours['storm_reconnects_per_s'] / 1000:.1f} k/s = {ours['storm_reconnects_per_s'] / got['nchan1']['storm_reconnects_per_s']:.1f}× nchan, {ours['storm_replayed_fully']:.0f} replayed in full",
                 ", ".join(f"{n} {got[n]['storm_reconnects_per_s'] / 1000:.1f} k/s" for n in ("node", "nchan1")), "≥ 3× nchan")

    def tasks(self):
        got = self.measure(["boardcast-tasks"], ["--conns", "1", "--payload", "60", "--duration", self.seconds(8), "--rate", "500",
                                                 "--publishers", "4"])["boardcast-tasks"]
        self.row("task write (`POST /api/tasks`, synchronous=full) → another client's stream, 500/s",
                 f"p50 {got['latency_ms_p50']:.2f} ms, p99 {got['latency_ms_p99']:.2f} ms; missing {got['missing']:.0f}", "–",
                 "p50 ≤ 1.5 ms, p99 ≤ 10 ms")

    def writes(self):
        got = self.measure(["boardcast-tasks"], ["--conns", "1", "--payload", "60", "--duration", self.seconds(6), "--rate", "0",
                                                 "--window", "64", "--publishers", "64"])["boardcast-tasks"]
        self.row("task writes, 64 in flight, synchronous=full",
                 f"{got['publishes_per_s']:,.0f}/s, {got['cpu_us_per_delivery']:.0f} µs of CPU each", "–", "≥ 6,000/s")

    def beats(self):
        got = self.measure(["boardcast"], ["--mode", "idle", "--conns", "10000", "--duration", self.seconds(45)])["boardcast"]
        self.row("idle CPU, 10,000 streams with heartbeats", f"{got['server_cpu_share'] * 100:.2f} % of a core", "–", "≤ 0.5 %")

    # Helpers

    def seconds(self, usual):
        return str(min(usual, 3) if self.options.quick else usual)

    def one(self, server, board, arguments):
        conf = dict(server.conf, url=server.conf["url"].replace("main", board), body=server.conf["body"].replace("main", board))
        twin = compare.Server(server.name, conf, HERE)
        twin.token, twin.proc = server.token, server.proc
        return twin.load(["--payload", "200", "--duration", self.seconds(8)] + arguments, board, self.load_options)

    def background(self, server, board, arguments):
        thread = threading.Thread(target=self.one, args=(server, board, arguments))
        thread.start()
        return thread

    def make_boards(self, server, names):
        for name in names:
            body = json.dumps({"id": name, "name": name}).encode()
            request = urllib.request.Request("http://127.0.0.1:7390/api/boards", body, {
                "Authorization": f"Bearer {server.token}", "Content-Type": "application/json"})
            urllib.request.urlopen(request).read()


@contextlib.contextmanager
def ahead():
    """What is started here goes first on its core, where that may be asked for: two generators share it, and one's wait for
    the other is not the server's latency."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        pass
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


class Figures:
    def __init__(self, runs):
        self.runs = runs

    def __getitem__(self, key):
        values = [run[key] for run in self.runs if run.get(key) is not None]
        return statistics.median(values) if values else float("nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    rows = ["fixed", "sat", "fast", "beside", "idle", "storm", "tasks", "writes", "beats"]
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="short runs: to see that it works, not for figures")
    parser.add_argument("--only", default=",".join(rows), help="some of: " + ", ".join(rows))
    options = parser.parse_args()
    bench = Bench(options)
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    print(f"\n{datetime.date.today()}, {os.cpu_count()} cores of {cpu}, Linux {platform.release()}, median of {options.rounds}\n")
    print("| figure | Boardcast | peers, same run | goal |\n|---|---|---|---|")
    for row in options.only.split(","):
        getattr(bench, row)()


if __name__ == "__main__":
    main()
