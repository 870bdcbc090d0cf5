"""The page in the other engine: Firefox, driven by WebDriver BiDi over its own WebSocket, without a driver between."""

import itertools
import json
import re
import shutil
import subprocess
from contextlib import ExitStack

import pytest
from websockets.sync.client import connect

from relay import Relay
from waiting import DEADLINE, eventually

RIGHT, ENTER = "\ue014", "\ue006"
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


class Firefox:
    def __init__(self, directory):
        profile = directory / "profile"
        profile.mkdir()
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        self._log = directory / "firefox.log"
        command = [program, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
        environment = {"HOME": str(directory), "PATH": "/usr/bin:/bin", "MOZ_DISABLE_CONTENT_SANDBOX": "1"}
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        self._numbers = itertools.count(1)
        self._open = ExitStack()

    def begin(self):
        address = eventually(lambda: LISTENING.search(self._log.read_text("utf-8", "replace")), "Firefox listens")[1]
        self._socket = self._open.enter_context(connect(f"{address}/session", open_timeout=DEADLINE, max_size=None))
        self.ask("session.new", capabilities={})
        self._context = self.ask("browsingContext.getTree")["contexts"][0]["context"]
        return self

    def ask(self, method, **params):
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(DEADLINE))
            if message.get("id") == number:
                assert message["type"] == "success", message
                return message["result"]

    def open(self, url):
        self.ask("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, expression):
        """The value of an expression that is JSON."""
        answer = self.ask("script.evaluate", expression=f"JSON.stringify({expression})", awaitPromise=True,
                          target={"context": self._context})
        assert answer["type"] == "success", answer
        return json.loads(answer["result"].get("value", "null"))

    def press(self, *keys):
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.ask("input.performActions", context=self._context, actions=[{"type": "key", "id": "keys", "actions": actions}])

    def close(self):
        self._open.close()
        self._process.terminate()
        self._process.wait(DEADLINE)


@pytest.fixture
def firefox(tmp_path):
    browser = Firefox(tmp_path)
    try:
        yield browser.begin()
    finally:
        browser.close()


def test_the_page_is_live_in_firefox(firefox, server, team):
    api = team.api("ben")
    firefox.open(f"{server.url}/#token={team.token('ann')}")
    pill = "document.querySelector('#connection').textContent"
    eventually(lambda: firefox.evaluate(pill) == "Real-time", "the pill says Real-time")
    assert "token" not in firefox.evaluate("location.href")
    task = api.create_task("Seen in Firefox")["id"]
    column = f"document.querySelector('[data-task-id=\"{task}\"]')?.closest('.column').dataset.status ?? null"
    eventually(lambda: firefox.evaluate(column) == "inbox", "the card is there")
    api.move_task(task, "review")
    eventually(lambda: firefox.evaluate(column) == "review", "the card has moved")
    firefox.evaluate(f"document.querySelector('[data-task-id=\"{task}\"] .open').focus()")
    firefox.press(" ", RIGHT, " ")
    eventually(lambda: api.task(task)["status"] == "done", "it is moved with the keyboard")
    assert firefox.evaluate("document.activeElement.textContent") == "Seen in Firefox"
    firefox.press(ENTER)
    eventually(lambda: firefox.evaluate("document.querySelector('#f-name')?.value") == "Seen in Firefox", "it is open")


def test_in_firefox_too_nothing_that_was_written_is_lost(firefox, server, team):
    api = team.api("ben")
    task = api.create_task("Written in Firefox")["id"]
    address = f"{server.url}/#token={team.token('ann')}"

    def comes(expression, what, expected=True):
        eventually(lambda: firefox.evaluate(expression) == expected, what)

    firefox.open(address)
    comes(f"document.querySelector('[data-task-id=\"{task}\"]') !== null", "the card is there")
    firefox.evaluate(f"document.querySelector('[data-task-id=\"{task}\"] .open').click()")
    comes("document.querySelector('#f-description') !== null", "the task is open")
    firefox.evaluate("document.querySelector('#f-description').focus()")
    firefox.press(*"kept")
    firefox.open("about:blank")
    firefox.open(address)
    comes(f"document.querySelector('[data-task-id=\"{task}\"] .unsaved')?.hidden", "the card says so", False)
    firefox.evaluate(f"document.querySelector('[data-task-id=\"{task}\"] .open').click()")
    comes("document.querySelector('#f-description')?.value", "the text is there", "kept")
    api.delete_task(task)
    comes("document.querySelector('#sheet .gone')?.hidden", "that it is deleted is said", False)
    firefox.evaluate("document.querySelector('[data-act=put-back]').click()")
    eventually(lambda: [one["description"] for one in api.tasks()] == ["kept"], "it is there again")


def test_in_firefox_too_a_write_without_an_answer_is_shown(firefox, server, team):
    cable = Relay(server.url)
    firefox.open(f"{cable.url}/#token={team.token('ann')}")
    pill = "document.querySelector('#connection').textContent"
    eventually(lambda: firefox.evaluate(pill) == "Real-time", "the pill says Real-time")
    firefox.evaluate("document.querySelector('.add input').focus()")
    cable.hold()
    firefox.press(*"void", ENTER)
    eventually(lambda: firefox.evaluate(pill) == "1 change not sent yet", "the pill says so")
    assert firefox.evaluate("document.querySelector('.card .late').hidden") is False
    cable.release()
    eventually(lambda: firefox.evaluate(pill) == "Real-time", "the pill says Real-time again")
    assert [one["name"] for one in team.api("ben").tasks()] == ["void"]
    cable.close()
