#!/usr/bin/env python3
"""Writes a manual page for boardcast and for each of its subcommands, from what the command says about itself.

    boardcast --experimental-dump-help | man_pages.py VERSION DATE DIRECTORY

DATE is as 2026-01-31. Nothing about the commands is written here, so that the pages can't be of another version.
"""

import json
import re
import sys
from pathlib import Path

#: What no command says about itself.
ENVIRONMENT = [
    ("BOARDCAST_URL", "The server of the commands that talk to one."),
    ("BOARDCAST_TOKEN", "Their token."),
    ("BOARDCAST_SECRETS_DIRECTORY", "A directory with one file a setting, as --secrets names it."),
    ("NO_COLOR", "When it is set and not empty, nothing is printed in colour."),
    ("BOARDCAST_*", "Any setting of the server: http.port is BOARDCAST_HTTP_PORT."),
]


def escaped(text):
    """`text` as roff prints it unchanged."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha")
    text = text.replace("'", "\\(aq").replace("`", "\\(ga")
    text = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in text)
    return "\n".join("\\&" + line if line.startswith(".") else line for line in text.split("\n"))


def paragraphs(discussion):
    """Its parts in order: ("heading", text), ("example", text) and ("text", text)."""
    for block in discussion.split("\n\n"):
        first, _, rest = block.partition("\n")
        if re.fullmatch(r"[A-Z][A-Z ]+", first):
            yield "heading", first
            block = rest
        if block:
            yield ("example" if block.startswith("  ") else "text"), block


def option(argument):
    """An option as it is typed: `--port <number>`."""
    names = [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument.get("names", [])]
    if argument["kind"] == "positional":
        return f"\\fI{escaped(argument['valueName'])}\\fR"
    typed = ", ".join(f"\\fB{escaped(name)}\\fR" for name in names)
    return typed + (f" \\fI{escaped(argument['valueName'])}\\fR" if argument["kind"] == "option" else "")


def synopsis(path, command):
    parts = [f"\\fB{escaped(' '.join(path))}\\fR"]
    if subcommands(command):
        parts.append("\\fIsubcommand\\fR")
    for argument in shown(command):
        if argument["kind"] != "positional" and argument["preferredName"]["name"] in ("help", "version"):
            continue
        text = option(argument) + (" ..." if argument["isRepeating"] else "")
        parts.append(f"[{text}]" if argument["isOptional"] else text)
    return "\n".join(parts)


def shown(command):
    return [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]


def subcommands(command):
    return [sub for sub in command.get("subcommands", []) if sub["shouldDisplay"] and sub["commandName"] != "help"]


def page(path, command, others, version, date):
    """The page's roff; `others` are the paths of the other commands."""
    name = "-".join(path)
    abstract = command["abstract"].rstrip(".")
    lines = [
        f'.TH "{escaped(name.upper())}" 1 "{date}" "boardcast {version}" "User Commands"',
        ".SH NAME", f"{escaped(name)} \\- {escaped(abstract[0].lower() + abstract[1:])}",
        ".SH SYNOPSIS", synopsis(path, command), ".SH DESCRIPTION", escaped(command["abstract"]),
    ]
    for kind, text in paragraphs(command.get("discussion", "")):
        if kind == "heading":
            lines += [f".SH {text}"]
        elif kind == "example":
            lines += [".nf", escaped(text), ".fi"]
        else:
            lines += [".PP", escaped(text)]
    if subcommands(command):
        lines.append(".SH SUBCOMMANDS")
        for sub in subcommands(command):
            lines += [".TP", f"\\fB{escaped(sub['commandName'])}\\fR", escaped(sub["abstract"])]
    if shown(command):
        lines.append(".SH OPTIONS")
        for argument in shown(command):
            text = argument.get("abstract", "")
            default = argument.get("defaultValue")
            if default and "[default:" not in text:
                text += f" [default: {default}]"
            lines += [".TP", option(argument), escaped(text)]
    if len(path) == 1:
        lines.append(".SH ENVIRONMENT")
        for variable, text in ENVIRONMENT:
            lines += [".TP", f"\\fB{escaped(variable)}\\fR", escaped(text)]
    lines += [".SH SEE ALSO", ",\n".join(f"\\fB{escaped('-'.join(other))}\\fR(1)" for other in others)]
    return "\n".join(lines) + "\n"


def every(path, command):
    """Each command with its path, the root first."""
    yield path, command
    for sub in subcommands(command):
        yield from every([*path, sub["commandName"]], sub)


if __name__ == "__main__":
    version, date, directory = sys.argv[1:]
    root = json.load(sys.stdin)["command"]
    commands = list(every([root["commandName"]], root))
    for path, command in commands:
        others = [other for other, _ in commands if other != path]
        (Path(directory) / f"{'-'.join(path)}.1").write_text(page(path, command, others, version, date))
