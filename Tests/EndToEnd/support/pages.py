"""The documentation's pages: their fenced examples, and what they link to."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from harness import ROOT

FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.M | re.S)
#: Languages whose examples run. Others (text, json, yaml, html) are there to be read.
RUN = {"sh", "js", "python", "go", "php", "swift"}


@dataclass
class Example:
    """One fenced block. Its first line says what is to be done with it: ```sh prints=TEXT, until=TEXT, file=NAME, check."""

    language: str
    text: str
    line: int
    wants: dict = field(default_factory=dict)


def examples(page):
    """The examples of a page that run, in order."""
    text = Path(page).read_text()
    found = []
    for match in FENCE.finditer(text):
        language, _, rest = match["info"].strip().partition(" ")
        name, _, value = rest.partition("=")
        if language in RUN:
            wants = {name: value} if name else {}
            assert not wants.keys() - {"prints", "until", "file", "check"}, f"{page}: what does {rest!r} mean?"
            found.append(Example(language, match["text"], text.count("\n", 0, match.start()) + 1, wants))
    return found


def written_pages():
    """Every page of ours, without what is installed or built."""
    top = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", ".github/SECURITY.md")]
    return [*top, *sorted((ROOT / "Docs").rglob("*.md")), ROOT / "Docs/llms.txt"]


def anchors(page):
    """The names of a page's headings, as GitHub makes them."""
    seen, names = {}, set()
    for heading in re.findall(r"^#{1,6} +(.*?)\s*#*$", FENCE.sub("", Path(page).read_text()), re.M):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        count = seen[name] = seen.get(name, -1) + 1
        names.add(name if count == 0 else f"{name}-{count}")
    return names


def links(page):
    """What a page links to, in prose: text after `](`, and `src` and `href`."""
    prose = re.sub(r"`[^`\n]*`", "", FENCE.sub("", Path(page).read_text()))
    return re.findall(r"\]\(<?([^)\s>]+)", prose) + re.findall(r"(?:src|href)=\"([^\"]+)\"", prose)
