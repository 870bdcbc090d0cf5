"""How much of a fault is tried: a little in the suite, all of it in `make faults`."""

import json
import os

FULL = os.environ.get("BOARDCAST_FAULTS") == "full"


def scale(little, full):
    return full if FULL else little


def report(**figures):
    """Hands a test's figures to `make faults`, one JSON object a line."""
    print(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items()))
    if path := os.environ.get("BOARDCAST_FIGURES"):
        with open(path, "a") as file:
            file.write(json.dumps(figures) + "\n")


_tally = {}


def count(**figures):
    """Adds to what the tests of a file measure together, which is reported when the last of them is done."""
    for name, value in figures.items():
        _tally[name] = _tally.get(name, 0) + value


def most(**figures):
    """The same, for figures of which the highest counts."""
    for name, value in figures.items():
        _tally[name] = max(_tally.get(name, value), value)


def report_tally():
    figures = {name: round(value, 2) for name, value in _tally.items()}
    _tally.clear()
    if figures:
        report(**figures)


def percentile(values, share):
    """The value that `share` of them don't exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
