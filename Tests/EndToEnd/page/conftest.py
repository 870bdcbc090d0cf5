"""Fixtures of the pages: a browser for each file, and in it the board, the admin page, or that of `serve --dev`.

A file that names `BROWSERS` is tried in each of those, but for its tests that are marked `chromium`: they need what only
Chromium can be told to do.
"""

import pytest

from admin_page import AdminPage
from browser import chromium, visit
from dev_server import DevServer
from firefox import Firefox


MADE = {"chromium": chromium, "firefox": Firefox}


def pytest_generate_tests(metafunc):
    browsers = getattr(metafunc.module, "BROWSERS", None)
    for fixture in ("driver", "drivers"):
        if browsers and fixture in metafunc.fixturenames:
            marks = {mark.name for mark in metafunc.definition.iter_markers()}
            wanted = [name for name in browsers if name == "chromium" or "chromium" not in marks]
            metafunc.parametrize(fixture, wanted, indirect=True, scope="module")


@pytest.fixture(scope="module")
def driver(request):
    """A browser for all the tests of a file."""
    driver = MADE[getattr(request, "param", "chromium")]()
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def drivers(request):
    """Two of them, for two people."""
    pair = [MADE[request.param]() for _ in range(2)]
    yield pair
    for driver in pair:
        driver.quit()


@pytest.fixture
def page(driver, server, team):
    """The board's page, open and live, as `ann` has it."""
    with visit(driver, server.url, team.token("ann")) as page:
        yield page


@pytest.fixture
def dev(tmp_path):
    """A server of its own, started with `--dev`."""
    server = DevServer(tmp_path / "dev").start()
    yield server
    server.dispose()


@pytest.fixture
def dev_page(dev, driver):
    """A browser at the address that `serve --dev` prints."""
    driver.get_log("browser")  # reading empties it: what other tests provoked is not this page's fault
    driver.get(dev.page_url)
    yield driver
    driver.get("about:blank")


@pytest.fixture
def admin_page(driver):
    """The admin page, yet to be opened."""
    page = AdminPage(driver)
    page.severe()  # reading empties it: what other tests provoked is not this page's fault
    yield page
    page.reset()


@pytest.fixture
def admin_token(team):
    return team.token("root", role="admin")


@pytest.fixture
def live(admin_page, team, admin_token):
    """The admin page, signed in as `root`, and listing what there is."""
    return admin_page.open_live(team.server, admin_token)
