"""A real browser: the page, its cards, its pill; and the browser's own EventSource through restarts."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver.common.by import By

from browser import chromium
from harness import Server
from rest import Api, ok
from sse import seq_of
from waiting import eventually

PAGE_URL = re.compile(r"http://[^\s/]+/#\S*token=\S+")
STATUSES = ["inbox", "in_progress", "review", "done"]


class DevServer(Server):
    """`serve --dev`: it makes its own secret and prints a page to open."""

    def __init__(self, directory):
        super().__init__(directory, args=["--dev"], secret=None, env={"BOARDCAST_SSE_RETRY_MILLISECONDS": "300"})

    @property
    def page_url(self):
        """Wherever it is printed, the newest one counts."""

        def find():
            found = PAGE_URL.findall("\n".join([self.log(), *self.stdout_lines]))
            return found[-1] if found else None

        return eventually(find, "a URL with a token in its fragment is printed")

    @property
    def token(self):
        return parse_qs(urlsplit(self.page_url).fragment)["token"][0]


@pytest.fixture
def dev(tmp_path):
    server = DevServer(tmp_path / "dev").start()
    yield server
    server.dispose()


@pytest.fixture(scope="module")
def browser():
    driver = chromium()
    yield driver
    driver.quit()


@pytest.fixture
def page(dev, browser):
    browser.get_log("browser")  # reading empties it: what other tests provoked is not this page's fault
    browser.get(dev.page_url)
    yield browser
    browser.get("about:blank")


def pill_says(page, text):
    eventually(lambda: page.find_element(By.ID, "connection").text.strip().startswith(text), f"the pill says {text}")


def card_is_in(page, task_id, status):
    selector = f'[data-status="{status}"] [data-task-id="{task_id}"]'
    return eventually(lambda: page.find_elements(By.CSS_SELECTOR, selector), f"card {task_id} is in {status}")[0]


def cards(page, task_id):
    return page.find_elements(By.CSS_SELECTOR, f'[data-task-id="{task_id}"]')


def test_the_page_shows_the_columns_and_is_real_time(page):
    pill_says(page, "Real-time")
    for status in STATUSES:
        assert page.find_elements(By.CSS_SELECTOR, f'[data-status="{status}"]'), status


def test_a_task_made_elsewhere_appears_moves_and_goes(dev, page):
    pill_says(page, "Real-time")
    api = Api(dev.url, dev.token)
    task = api.create_task("Made with a call")
    assert "Made with a call" in card_is_in(page, task["id"], "inbox").text
    api.patch_task(task["id"], {"status": "review"})
    card_is_in(page, task["id"], "review")
    assert len(cards(page, task["id"])) == 1, "it has moved, not multiplied"
    api.patch_task(task["id"], {"name": "Renamed with a call"})
    eventually(lambda: "Renamed with a call" in cards(page, task["id"])[0].text, "the card has its new name")
    api.move_task(task["id"], "done")
    card_is_in(page, task["id"], "done")
    api.delete_task(task["id"])
    eventually(lambda: not cards(page, task["id"]), "the card is gone")


def test_what_was_there_before_the_page_is_shown(dev, browser):
    api = Api(dev.url, dev.token)
    task = api.create_task("Older than the page", status="in_progress")
    browser.get(dev.page_url)
    card_is_in(browser, task["id"], "in_progress")


def test_markup_in_a_name_is_text(dev, page):
    pill_says(page, "Real-time")
    name = "<img src=x onerror=\"document.title='pwned'\"><b>bold</b>"
    task = Api(dev.url, dev.token).create_task(name, labels=["<i>label</i>"])
    card = card_is_in(page, task["id"], "inbox")
    assert name in card.text
    assert page.title != "pwned"
    assert not card.find_elements(By.CSS_SELECTOR, "img, b b, i")


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_the_page_reconnects_by_itself_and_has_missed_nothing(dev, page, gracefully):
    pill_says(page, "Real-time")
    token = dev.token
    if gracefully:
        dev.stop()
    else:
        dev.kill()
    pill_says(page, "Reconnecting")
    dev.start()
    task = Api(dev.url, token).create_task("Made meanwhile")
    pill_says(page, "Real-time")
    card_is_in(page, task["id"], "inbox")
    assert len(cards(page, task["id"])) == 1


def test_the_token_is_not_sent_with_the_page(dev, page):
    """It stands in the fragment, which a browser keeps to itself; and the page does not ask for it in a query."""
    pill_says(page, "Real-time")
    urls = page.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert all(urlsplit(url).netloc == urlsplit(dev.url).netloc for url in urls), "the page needs nobody else"
    signature = dev.token.rsplit(".", 1)[1]
    assert not any(signature in url for url in urls if "/sse/connect" not in url)


def test_the_page_reports_no_errors(dev, page):
    pill_says(page, "Real-time")
    severe = [entry["message"] for entry in page.get_log("browser") if entry["level"] == "SEVERE"]
    assert [message for message in severe if "favicon" not in message] == []


LISTEN = """
    window.received = [];
    const source = new EventSource('/sse/connect?token=' + encodeURIComponent(arguments[0]));
    source.onmessage = message => window.received.push({id: message.lastEventId, data: JSON.parse(message.data)});
    window.source = source;
"""


SIGN_IN = """
    const [token, done] = arguments;
    fetch('/api/session', {method: 'POST', headers: {Authorization: 'Bearer ' + token}}).then(answer => done(answer.status));
"""

FOLLOW_BY_COOKIE = LISTEN.replace("'/sse/connect?token=' + encodeURIComponent(arguments[0])", "'/sse/connect'")


@pytest.mark.parametrize("way", ["query", "cookie"])
def test_a_native_event_source_comes_back_and_loses_nothing(dev, page, way):
    token = dev.token
    if way == "cookie":
        assert page.execute_async_script(SIGN_IN, token) == 204
        assert page.execute_script("return document.cookie") == "", "scripts do not see it"
        page.execute_script(FOLLOW_BY_COOKIE)
    else:
        page.execute_script(LISTEN, token)

    def received():
        return json.loads(page.execute_script("return JSON.stringify(window.received)"))

    def established(times):
        found = [event for event in received() if event["data"]["type"] == "connection.established"]
        return len(found) >= times

    eventually(lambda: established(1), "the stream is open")
    start = seq_of(received()[0]["id"])
    api = Api(dev.url, token)
    for round, gracefully in enumerate((False, True, False), start=1):
        for i in range(5):
            api.create_task(f"before restart {round}.{i}")
        dev.restart(gracefully)
        api = Api(dev.url, token)
        for i in range(5):
            api.create_task(f"after restart {round}.{i}")
        eventually(lambda: established(round + 1), "the browser came back by itself")
    api.create_task("the last")
    eventually(lambda: received()[-1]["data"].get("seq") == api.last_seq, "the last event arrived")

    durable = [event for event in received() if "seq" in event["data"]]
    assert [event["data"]["seq"] for event in durable] == list(range(start + 1, api.last_seq + 1))
    assert all(seq_of(event["id"]) == event["data"]["seq"] for event in durable)
    assert not [event for event in received() if event["data"]["type"] == "stream.resync"]
    page.execute_script("window.source.close()")


def test_the_page_forbids_what_it_does_not_need(dev):
    answer = ok(Api(dev.url).get("/"))
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src" in answer.headers["content-security-policy"]
