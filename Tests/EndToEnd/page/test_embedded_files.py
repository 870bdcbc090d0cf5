"""The pages' files are in the binary, as they lie in the sources."""

import httpx
import pytest

from harness import ROOT

ASSETS = ROOT / "Sources" / "WebClient" / "Assets"
PAGES = {"board/index.html": "/", "admin/admin.html": "/admin", "docs/docs.html": "/docs", "shared/signed-in.html": "/signed-in"}
#: For those who make a package of the client; no page asks for it.
NOT_SERVED = {"sdk/package.json"}


def names():
    return sorted(str(path.relative_to(ASSETS)) for path in ASSETS.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", [name for name in names() if name not in NOT_SERVED])
def test_a_file_is_served_as_it_lies_in_the_sources(server, name):
    path = PAGES.get(name) or ("/" + name if name.startswith("sdk/") else "/assets/" + name)
    answer = httpx.get(server.url + path)
    assert answer.status_code == 200 and answer.content == (ASSETS / name).read_bytes()
