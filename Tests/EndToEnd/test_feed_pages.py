"""Pages of older systems in a real browser: their own client code, another URL and a token."""

import functools
import http.server
import threading
from pathlib import Path
from urllib.parse import urlencode

import pytest
from selenium.webdriver.common.by import By

from test_browser import browser  # noqa: F401, a fixture
from waiting import eventually

PAGES = Path(__file__).parent / "pages"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def origin():
    """The pages, from a host of their own."""
    handler = functools.partial(Quiet, directory=str(PAGES))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def team(start_server, make_team, origin):
    return make_team(start_server({"BOARDCAST_HTTP_CORS_ORIGINS": origin}))


@pytest.fixture
def visit(browser, origin, team):  # noqa: F811
    def go(page, **settings):
        fragment = urlencode({"server": team.server.url, "token": team.token("ann"), "pause": 500, **settings})
        browser.get("about:blank")
        browser.get(f"{origin}/{page}#{fragment}")
        return browser

    yield go
    browser.get("about:blank")


def says(page, text):
    eventually(lambda: text in page.find_element(By.ID, "status").text, f"the page says {text}")


def rows(page):
    return page.execute_script("return [...document.querySelectorAll('tr')].map(row => Number(row.dataset.seq))")


def names(page):
    return page.execute_script("return [...document.querySelectorAll('li')].map(item => item.textContent)")


def test_the_dashboard_follows_and_keeps_fifty_rows(team, visit):
    page = visit("dashboard.html")
    says(page, "Connected")
    api = team.api("ben")
    for i in range(60):
        api.create_task(f"t{i}")
    eventually(lambda: rows(page)[:1] == [60], "the newest is on top")
    assert rows(page) == list(range(60, 10, -1))
    assert page.execute_script("return window.doubles") == 0
    requests = page.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert sum("limit=50" in url for url in requests) <= 2, "it does not poll while it is connected"


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_the_dashboard_polls_while_the_server_is_away_and_comes_back(team, visit, gracefully):
    page = visit("dashboard.html")
    says(page, "Connected")
    team.api("ben").create_task("before")
    eventually(lambda: rows(page) == [1], "the first event")
    if gracefully:
        team.server.stop()
    else:
        team.server.kill()
    says(page, "Polling")
    team.server.start()
    team.api("cat").create_task("meanwhile")
    says(page, "Connected")
    team.api("cat").create_task("after")
    eventually(lambda: rows(page) == [3, 2, 1], "all events, each once")


def test_the_dashboard_shows_events_by_polling_alone(team, visit):
    page = visit("dashboard.html", poll=1)
    says(page, "Polling")
    for i in range(3):
        team.api("ben").create_task(f"t{i}")
    eventually(lambda: rows(page) == [3, 2, 1], "what was polled")


def test_the_drawer_shows_the_list_and_its_notifications(team, visit):
    team.admin().create_board("plan", statuses=["generated", "approved"])
    api = team.api("ben")
    api.create_task("old", boardId="plan")
    page = visit("drawer.html")
    says(page, "1 task • Real-time")
    task = api.create_task("new", boardId="plan")
    eventually(lambda: names(page) == ["new", "old"], "the new task")
    eventually(lambda: page.find_element(By.ID, "notification").text == "1 new task generated", "the banner")
    api.patch_task(task["id"], {"status": "approved"})
    eventually(lambda: names(page) == ["old"], "the task that was approved is gone")
    assert page.execute_script("return window.log") == ["connected", "init", "update", "notification", "update"]


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_the_drawer_falls_back_to_polling(team, visit, gracefully):
    team.admin().create_board("plan", statuses=["generated", "approved"])
    team.api("ben").create_task("old", boardId="plan")
    page = visit("drawer.html")
    says(page, "Real-time")
    team.server.restart(gracefully)
    says(page, "1 task • Polling")
    team.api("cat").create_task("new", boardId="plan")
    eventually(lambda: sorted(names(page)) == ["new", "old"], "what was polled")
