"""Fixtures of the pages: a browser for each file, and in it the board, the admin page, or that of `serve --dev`."""

import pytest

from admin_page import AdminPage
from browser import chromium, visit
from dev_server import DevServer


@pytest.fixture(scope="module")
def driver():
    """A browser for all the tests of a file."""
    driver = chromium()
    yield driver
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
