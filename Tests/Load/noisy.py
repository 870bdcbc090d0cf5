#!/usr/bin/env python3
"""A quiet tenant beside one that floods: noisy.py [--rounds 3] [--seconds 8]

The quiet tenant makes 100 task writes a second, two at once, and hears them on a stream; the other has 64 writers who
never pause: held to one user's quota (`limits.writesPerSecond`, most are answered 429), and with no quota at all, so
that only the queue's turns protect the neighbour. Server on core 0, generators on core 1. Needs `make` in this folder
and a release build. Prints rows of Markdown, medians; exit 1 when the quota does not keep the quiet tenant's p99
within twice of what it is alone, or an event is missing.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile

import bench, mkjwt, target

QUOTAS = {"held to its quota": {}, "without a quota": {
    "LIMITS_WRITES_PER_SECOND": "1000000", "LIMITS_WRITE_BURST": "1000000"}}


def generator(server, tenant, *arguments):
    token = mkjwt.token(target.SECRET, {"sub": "ann", "tenant": tenant, "role": "member", "exp": 2**32})
    base = f"http://{server.host}:{server.port}"
    command = [
        target.HERE / "sseload", "--out", "json", "--conns", 1, "--payload", 60, "--url", f"{base}/sse/connect?types=task.*",
        "--header", f"Authorization: Bearer {token}", "--publish-url", f"{base}/api/tasks",
        "--publish-header", f"Authorization: Bearer {token}", "--publish-header", "Content-Type: application/json",
        "--publish-body-template", '{"name":"%s"}', *arguments,
    ]
    return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                            preexec_fn=lambda: os.sched_setaffinity(0, {1}))


def quiet(server, seconds):
    with bench.ahead():
        process = generator(server, "quiet", "--rate", 100, "--publishers", 2, "--duration", seconds)
    return json.loads(process.communicate()[0])


def measure(settings, seconds):
    """The quiet tenant's figures: alone, then beside the flood; and how many writes of the flood went through a second."""
    with target.Target(SERVER_LOOPS="1", **settings) as server:
        os.sched_setaffinity(server.process.pid, {0})
        for task in os.listdir(f"/proc/{server.process.pid}/task"):
            os.sched_setaffinity(int(task), {0})
        alone = quiet(server, seconds)
        flood = generator(server, "noisy", "--rate", 0, "--window", 64, "--publishers", 64, "--duration", seconds + 4,
                          "--warmup", 0)
        beside = quiet(server, seconds)
        found = json.loads(flood.communicate()[0])
    return alone, beside, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8)
    options = parser.parse_args()
    print("| the other tenant's flood | its writes/s | refused/s | quiet p99 alone | beside it | ratio | missing |\n"
          "|---|---|---|---|---|---|---|")
    failed = False
    for name, settings in QUOTAS.items():
        runs = [measure(settings, options.seconds) for _ in range(options.rounds)]
        alone, beside = (statistics.median(run[i]["latency_ms_p99"] for run in runs) for i in (0, 1))
        missing = sum(run[i]["missing"] for run in runs for i in (0, 1))
        errors = statistics.median(run[2]["publish_errors"] for run in runs) / (options.seconds + 4)
        taken = statistics.median(run[2]["publishes_per_s"] for run in runs)
        print(f"| {name} | {taken:,.0f} | {errors:,.0f} | {alone:.2f} ms | {beside:.2f} ms | {beside / alone:.1f} | {missing:.0f} |",
              flush=True)
        failed |= missing > 0 or (not settings and beside > 2 * alone)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
