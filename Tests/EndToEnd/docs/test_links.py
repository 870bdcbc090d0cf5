"""Links between pages lead somewhere, and every page can be found from the index."""

from urllib.parse import unquote

import pytest

from harness import ROOT
from pages import anchors, links, written_pages

PAGES = written_pages()


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_to_files_and_headings_that_there_are(page):
    broken = []
    for link in links(page):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            broken.append(f"{link}: there is no such file")
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            broken.append(f"{link}: {target.name} has no such heading, only {sorted(anchors(target))}")
    assert not broken, "\n".join(broken)


def test_the_index_leads_to_every_page():
    index = ROOT / "Docs/README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    pages = {page.resolve() for page in (ROOT / "Docs").glob("*.md")} - {index.resolve()}
    assert not pages - linked, "these pages are in no list of Docs/README.md"
    listed = {(index.parent / link).resolve() for link in links(ROOT / "Docs/llms.txt")}
    assert {ROOT / "Docs" / f"{name}.md" for name in ("START", "STREAMS", "CLIENTS", "PROTOCOL")} <= listed
