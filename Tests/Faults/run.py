#!/usr/bin/env python3
"""Every fault that Boardcast has to survive, at full size:  run.py [--only ROW,…] [--seed N] [--report FILE]

Real processes: the release build, killed, stopped, starved, stepped in time. Each row runs tests of Tests/EndToEnd (in
the suite they run at a smaller size) and prints what they measured as a row of Markdown. A failure prints its seed;
the same seed tries the same again. `--report` replaces the table in a document. Exit 1 when a row fell short.
"""
import argparse, datetime, json, os, pathlib, platform, random, re, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
from rows import ROWS  # noqa: E402

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"


def figures_of(path):
    """What the tests of a row reported, one object a line."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def words(figures):
    return "; ".join(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in run.items()) for run in figures)


def attempt(row, seed, binary):
    """Runs a row's tests once; returns whether they passed, what they measured and what they printed."""
    with tempfile.TemporaryDirectory() as directory:
        figures = pathlib.Path(directory) / "figures"
        environment = {
            **os.environ, "BOARDCAST_BIN": str(binary), "BOARDCAST_FAULTS": "full", "BOARDCAST_FIGURES": str(figures),
            "BOARDCAST_TEST_SEED": str(seed),
        }
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *row.tests]
        done = subprocess.run(
            command, cwd=ROOT / "Tests/EndToEnd", env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode == 0, figures_of(figures), done.stdout.decode("utf-8", "replace")


def table(results, seed):
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}"
    lines = [
        f"{datetime.date.today()}, {machine}, release build, seed {seed}.", "",
        "| fault | done | accepted when | promise | times | measured | verdict |", "|---|---|---|---|---|---|---|"]
    for row, times, figures, passed in results:
        verdict = "holds" if passed else "**falls short**"
        lines.append(f"| {row.fault} | {row.done} | {row.accepted} | {row.promise} | {times} | {words(figures)} | {verdict} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="some of: " + ", ".join(row.name for row in ROWS))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--report", type=pathlib.Path, help="the document whose table is replaced")
    options = parser.parse_args()
    binary = pathlib.Path(os.environ.get("BOARDCAST_BIN") or ROOT / ".build/release/boardcast").resolve()
    if not binary.exists():
        sys.exit(f"{binary} is not there: `make faults` builds it, or set BOARDCAST_BIN")
    wanted = options.only.split(",") if options.only else [row.name for row in ROWS]
    if unknown := set(wanted) - {row.name for row in ROWS}:
        sys.exit(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(row.name for row in ROWS)}")
    results = []
    for row in ROWS:
        if row.name not in wanted:
            continue
        figures, passed, times, began = [], True, 0, time.monotonic()
        while passed and times < row.times:
            passed, measured, output = attempt(row, options.seed + times, binary)
            times += 1
            figures += measured
        if not passed:
            print(output[-6000:], file=sys.stderr)
            print(f"{row.name} fell short; again: run.py --only {row.name} --seed {options.seed + times - 1}", file=sys.stderr)
        took = f"{time.monotonic() - began:.0f} s"
        print(f"{row.name}: {'holds' if passed else 'FALLS SHORT'}, {times} of {row.times}, {took}: {words(figures)}", flush=True)
        results.append((row, times, figures, passed))
    text = table(results, options.seed)
    print("\n" + text)
    if options.report:
        old = options.report.read_text()
        new = re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{text}\n{END}", old, flags=re.S)
        options.report.write_text(new)
    return 0 if all(passed for *_, passed in results) else 1


if __name__ == "__main__":
    sys.exit(main())
