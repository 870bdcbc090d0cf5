"""What clients, proxies and orchestrators out there send: `fixtures/cases`, with what differs from run to run filled in."""

import json
import re
from pathlib import Path

CASES = Path(__file__).resolve().parent.parent / "fixtures" / "cases"


def text_of(name):
    """A case's file as it is."""
    return (CASES / name).read_text("utf-8")


def bytes_of(name):
    return (CASES / name).read_bytes()


def json_of(name):
    return json.loads(bytes_of(name))


def request_of(name, **values):
    """The bytes of a request, `{{name}}` replaced by the value of that name, `-` in it by `_`."""
    def fill(match):
        return values[match[1].replace("-", "_")]

    return re.sub(r"\{\{([a-z-]+)\}\}", fill, bytes_of(f"{name}.http").decode()).encode()


def environment_of(name, **fields):
    """The variables of a `.env` file, with `{{field}}` filled in; `\\n` and `\\r` stand for line ends."""
    variables = {}
    for line in text_of(name).splitlines():
        key, _, value = line.partition("=")
        value = value.replace("\\r", "\r").replace("\\n", "\n")
        for field, text in fields.items():
            value = value.replace("{{%s}}" % field, text)
        variables[key] = value
    return variables
