"""Waiting for a condition, never for a time."""

import os
import time

#: Long enough for a loaded machine; it only turns a hang into a failure.
DEADLINE = float(os.environ.get("BOARDCAST_TEST_DEADLINE") or 60)


def eventually(condition, what, deadline=DEADLINE, every=0.03):
    """Returns the first truthy value of `condition()`, or fails saying `what` never held."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"never happened in {deadline:.0f} s: {what}"
        time.sleep(every)
