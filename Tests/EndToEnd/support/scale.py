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


def percentile(values, share):
    """The value that `share` of them don't exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
