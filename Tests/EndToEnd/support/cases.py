"""Requests as clients and proxies out there send them: `fixtures/cases`, with what differs from run to run filled in."""

import re
from pathlib import Path

CASES = Path(__file__).resolve().parent.parent / "fixtures" / "cases"


def text_of(name):
    """A case's file as it is."""
    return (CASES / name).read_text("utf-8")


def request_of(name, **values):
    """The bytes of a request, `{{name}}` replaced by the value of that name, `-` in it by `_`."""
    def fill(match):
        return values[match[1].replace("-", "_")]

    return re.sub(r"\{\{([a-z-]+)\}\}", fill, (CASES / f"{name}.http").read_bytes().decode()).encode()
