"""What the lines of a server's log say."""

import re

LINE = re.compile(r"^\S+ (?P<level>[a-z]+) (?P<label>[\w.]+): (?P<message>.*?)(?P<fields>(?: [\w.]+=.*)?)$")
FIELD = re.compile(r' ([\w.]+)=("(?:[^"\\]|\\.)*"|\S*)')


class LogLine:
    def __init__(self, text):
        self.text = text
        match = LINE.match(text)
        self.level = match["level"] if match else None
        self.message = match["message"] if match else text
        self.fields = {name: value.strip('"') for name, value in FIELD.findall(match["fields"] if match else "")}

    def __repr__(self):
        return self.text


def lines(server, message=None, level=None, **fields):
    """The lines with this message, level and fields, in order."""
    return [
        line for line in map(LogLine, server.log().splitlines())
        if (message is None or line.message == message) and (level is None or line.level == level)
        and fields.items() <= line.fields.items()
    ]
