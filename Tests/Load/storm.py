#!/usr/bin/env python3
"""A reconnect storm: storm.py [--clients 5000] [--events 100]

Every client hears a few events, all leave, `--events` more pass, and all come back at once with `Last-Event-ID`. Each
must be given every event that it missed, once and in order. Needs `make` in this folder and a release build. Prints a
row of Markdown; exit 1 when anything was lost, doubled or refused.
"""
import argparse, json, resource, subprocess, sys

import target


def run(options, server):
    authorization = f"Authorization: Bearer {target.token('storm', 'admin')}"
    base = f"http://{server.host}:{server.port}"
    command = [
        target.HERE / "sseload", "--mode", "storm", "--out", "json", "--pid", server.process.pid,
        "--conns", options.clients, "--connect-inflight", options.clients, "--storm-events", options.events,
        "--url", f"{base}/sse/connect?board=main", "--header", authorization,
        # One after the other, so that their order is known.
        "--publishers", 1, "--publish-url", f"{base}/api/publish", "--publish-header", authorization,
        "--publish-header", "Content-Type: application/json",
        "--publish-body-template", '{"type":"load.event","boardId":"main","data":"%s"}',
    ]
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    if done.returncode == 2:
        sys.exit("sseload could not run; `make` in this folder?")
    return json.loads(done.stdout)


def mistakes(options, found):
    """What went wrong, in words."""
    wrong = {
        "not connected": found["connect_failed"], "not back": options.clients - found["storm_reconnected"],
        "not given everything": options.clients - found["storm_replayed_fully"], "events lost": found["missing"],
        "events doubled": found["duplicates"], "events out of order": found["out_of_order"],
        "publishes refused": found["publish_errors"], "bad HTTP": found.get("bad_http", 0),
    }
    return [f"{count:.0f} {what}" for what, count in wrong.items() if count]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=5000)
    parser.add_argument("--events", type=int, default=100)
    options = parser.parse_args()
    # The server inherits it; each side needs a descriptor a client.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most < options.clients + 100:
        sys.exit(f"{most} descriptors are too few for {options.clients} clients: raise `ulimit -n`")
    with target.Target() as server:
        found = run(options, server)
    print("| clients | events missed | all back | all caught up | back p50 | back p99 | caught up p50 | caught up p99 "
          "| CPU a client | wrong |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    wrong = mistakes(options, found) + ([f"exit code {server.exit_code}"] if server.exit_code else [])
    print(f"| {options.clients} | {options.events} | {found['storm_reconnect_seconds']:.2f} s "
          f"| {found['storm_replay_seconds']:.2f} s | {found['storm_reconnect_ms_p50']:.0f} ms "
          f"| {found['storm_reconnect_ms_p99']:.0f} ms | {found['storm_replay_ms_p50']:.0f} ms "
          f"| {found['storm_replay_ms_p99']:.0f} ms | {found['server_cpu_us_per_reconnect']:.0f} µs "
          f"| {', '.join(wrong) or 'nothing'} |")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
