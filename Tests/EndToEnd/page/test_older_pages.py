"""Pages of older systems in a real browser: their own client code, another URL and a token."""

import functools
import http.server
import threading
from pathlib import Path
from urllib.parse import urlencode

import pytest
from selenium.webdriver.common.by import By

from waiting import eventually

PAGES = Path(__file__).parent / "older_pages"


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
def admitted(start_server, make_team, origin):
    return make_team(start_server({"BOARDCAST_HTTP_CORS_ORIGINS": origin}))


@pytest.fixture
def visit(driver, origin, admitted):
    def go(page, **settings):
        fragment = urlencode({"server": admitted.server.url, "token": admitted.token("ann"), "pause": 500, **settings})
        driver.get("about:blank")
        driver.get(f"{origin}/{page}#{fragment}")
        return driver

    yield go
    driver.get("about:blank")


def says(page, text):
    eventually(lambda: text in page.find_element(By.ID, "status").text, f"the page says {text}")


def rows(page):
    return page.execute_script("return [...document.querySelectorAll('tr')].map(row => Number(row.dataset.seq))")


def listed(page):
    return page.execute_script("return [...document.querySelectorAll('li')].map(item => item.textContent)")


def test_the_dashboard_follows_and_keeps_fifty_rows(admitted, visit):
    page = visit("dashboard.html")
    says(page, "Connected")
    api = admitted.api("ben")
    for i in range(60):
        api.create_task(f"t{i}")
    eventually(lambda: rows(page)[:1] == [60], "the newest is on top")
    assert rows(page) == list(range(60, 10, -1))
    assert page.execute_script("return window.doubles") == 0
    requests = page.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert sum("limit=50" in url for url in requests) <= 2, "it does not poll while it is connected"


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_the_dashboard_polls_while_the_server_is_away_and_comes_back(admitted, visit, gracefully):
    page = visit("dashboard.html")
    says(page, "Connected")
    admitted.api("ben").create_task("before")
    eventually(lambda: rows(page) == [1], "the first event")
    if gracefully:
        admitted.server.stop()
    else:
        admitted.server.kill()
    says(page, "Polling")
    admitted.server.start()
    admitted.api("cat").create_task("meanwhile")
    says(page, "Connected")
    admitted.api("cat").create_task("after")
    eventually(lambda: rows(page) == [3, 2, 1], "all events, each once")


def test_the_dashboard_shows_events_by_polling_alone(admitted, visit):
    page = visit("dashboard.html", poll=1)
    says(page, "Polling")
    for i in range(3):
        admitted.api("ben").create_task(f"t{i}")
    eventually(lambda: rows(page) == [3, 2, 1], "what was polled")


def test_the_drawer_shows_the_list_and_its_notifications(admitted, visit):
    admitted.admin().create_board("plan", statuses=["generated", "approved"])
    api = admitted.api("ben")
    api.create_task("old", boardId="plan")
    page = visit("drawer.html")
    says(page, "1 task • Real-time")
    task = api.create_task("new", boardId="plan")
    eventually(lambda: listed(page) == ["new", "old"], "the new task")
    eventually(lambda: page.find_element(By.ID, "notification").text == "1 new task generated", "the banner")
    api.patch_task(task["id"], {"status": "approved"})
    eventually(lambda: listed(page) == ["old"], "the task that was approved is gone")
    assert page.execute_script("return window.log") == ["connected", "init", "update", "notification", "update"]


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_the_drawer_falls_back_to_polling(admitted, visit, gracefully):
    admitted.admin().create_board("plan", statuses=["generated", "approved"])
    admitted.api("ben").create_task("old", boardId="plan")
    page = visit("drawer.html")
    says(page, "Real-time")
    admitted.server.restart(gracefully)
    says(page, "1 task • Polling")
    admitted.api("cat").create_task("new", boardId="plan")
    eventually(lambda: sorted(listed(page)) == ["new", "old"], "what was polled")
