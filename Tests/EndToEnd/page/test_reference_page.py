"""`/docs`: the API's reference, made in the browser, with requests that can be tried."""

import os

import pytest
from selenium.webdriver.common.keys import Keys

from axe import violations
from browser import SCHEMES, Page, color_scheme
from waiting import eventually


class Reference(Page):
    def open(self, server, fragment=""):
        self.driver.get("about:blank")
        self.driver.get(f"{server.url}/docs{fragment}")
        eventually(lambda: self.all("#calls .call"), "the calls are listed")
        return self

    def sign_in(self, token):
        self.find("#token").send_keys(token, Keys.ENTER)
        eventually(lambda: not self.find("#sign-in").is_displayed(), "the token is taken")

    def call(self, name):
        """The part of the page that is about a call, opened."""
        self.run("location.hash = ''; location.hash = arguments[0]", name)
        selector = f"[id='{name}']"
        eventually(lambda: self.all(f"{selector} .trial"), f"{name} is open")
        return selector

    def send(self, name):
        selector = self.call(name)
        button = self.find(f"{selector} .trial .primary")
        self.run("arguments[0].scrollIntoView({ block: 'center' })", button)
        button.click()
        eventually(lambda: self.text(f"{selector} .answer .status"), "there is an answer")
        return self.text(f"{selector} .answer")

    def fill(self, selector, text):
        self.run("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', { bubbles: true }))",
                 self.find(selector), text)

    def listed(self):
        return self.run("return [...document.querySelectorAll('.call')].filter((one) => one.checkVisibility()).map((one) => one.id)")


@pytest.fixture
def reference(driver, server):
    driver.get_log("browser")  # reading empties it: what other tests provoked is not this page's fault
    page = Reference(driver).open(server)
    yield page
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    page.run("sessionStorage.clear()")
    driver.get("about:blank")


def complaints(page):
    return [entry["message"] for entry in page.driver.get_log("browser") if entry["level"] == "SEVERE"]


def test_every_call_is_there_and_can_be_searched_for(reference):
    everything = reference.listed()
    assert len(everything) > 40 and {"tasks.create", "sse.connect", "health.live"} <= set(everything)
    reference.find("body").send_keys("/")
    assert reference.run("return document.activeElement.name") == "text"
    reference.find("#search input").send_keys("move TASK")
    eventually(lambda: reference.listed() == ["tasks.move"], "one call is left")
    assert reference.text("#found") == f"1 of {len(everything)} calls"
    reference.find("#search input").send_keys(Keys.ESCAPE)
    eventually(lambda: reference.listed() == everything, "all are there again")
    assert complaints(reference) == []


def test_a_call_says_what_it_takes_and_answers(reference):
    selector = reference.call("tasks.create")
    reference.run("document.querySelector(`${arguments[0]} .refusals`).open = true", selector)
    eventually(lambda: "422" in reference.text(f"{selector} .refusals .answers"), "the refusals are listed")
    words = reference.text(selector)
    assert "name text 1–500 characters required" in words and "priority \"low\", \"medium\"" in words
    assert "member, service, admin" in words and "201 Created" in words and "Idempotency-Key" in words
    assert "422 Unprocessable Content: idempotency_key_reused" in words
    stream = reference.call("sse.connect")
    reference.run("document.querySelector(`${arguments[0]} .answers details`).open = true", stream)
    eventually(lambda: "ConnectionEstablished" in reference.text(stream) or "connection.established" in reference.text(stream),
               "the events of a stream are listed")
    assert complaints(reference) == []


def test_a_request_is_sent_with_the_token_and_its_answer_is_shown(reference, team):
    token = team.token("ann")
    selector = reference.call("tasks.create")
    reference.find(f"{selector} .trial .primary").click()
    eventually(lambda: "paste a token" in reference.text("#why"), "a token is asked for")
    reference.sign_in(token)
    assert reference.text("#who") == f"ann · {team.tenant}"
    selector = reference.call("tasks.create")
    reference.fill(f"{selector} textarea", '{"name": "Tried from the page"}')
    answer = reference.send("tasks.create")
    assert answer.startswith("201") and '"name": "Tried from the page"' in answer
    assert [task["name"] for task in team.api().get("/api/tasks").json()["items"]] == ["Tried from the page"]
    assert token not in reference.run("return document.documentElement.outerHTML")
    assert complaints(reference) == []


def test_a_line_of_curl_does_the_same_and_never_has_the_token(reference, team, server):
    token = team.token("ann")
    reference.sign_in(token)
    selector = reference.call("tasks.update")
    reference.fill(f"{selector} [id='tasks.update-path-id']", "7")
    reference.fill(f"{selector} [id='tasks.update-header-If-Match']", '"3"')
    reference.fill(f"{selector} textarea", '{"name":"it\'s"}')
    assert reference.text(f"{selector} .curl") == (
        f"curl -X PATCH '{server.url}/api/tasks/7' -H \"Authorization: Bearer $BOARDCAST_TOKEN\" "
        "-H 'If-Match: \"3\"' -H 'Content-Type: application/json' --data '{\"name\":\"it'\\''s\"}'")
    stream = reference.call("sse.connect")
    assert reference.text(f"{stream} .curl").startswith("curl -N ")
    assert token not in reference.run("return document.documentElement.outerHTML")
    reference.find("#sign-out").click()
    assert reference.run("return [sessionStorage.length, document.activeElement.id]") == [0, "token"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_the_reference(reference, team, scheme):
    color_scheme(reference.driver, scheme)
    assert violations(reference) == []
    reference.sign_in(team.token("ann"))
    reference.send("tasks.list")
    reference.call("sse.connect")
    reference.call("imports.begin")
    assert violations(reference) == []


@pytest.mark.parametrize("width, scheme", [(1400, "light"), (1400, "dark"), (390, "light"), (390, "dark")])
def test_nothing_of_the_reference_sticks_out(reference, team, width, scheme, tmp_path):
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    reference.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    color_scheme(reference.driver, scheme)
    reference.sign_in(team.token("ann"))
    reference.send("tasks.create")
    assert reference.run("return document.documentElement.scrollWidth") <= width
    folder = os.environ.get("BOARDCAST_PICTURES") or tmp_path
    reference.driver.save_screenshot(f"{folder}/docs-{width}-{scheme}.png")
