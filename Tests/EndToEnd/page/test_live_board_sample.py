"""The sample of a live board in one's own page, on one's own origin."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from browser import Page
from harness import ROOT
from waiting import eventually

SAMPLE = (ROOT / "Docs/examples/live-board/plain.html").read_text()


@pytest.fixture
def host():
    """The server of somebody's own page; it answers with what is in `answers`."""
    answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            kind, text = answers.get(self.path, ("text/plain", ""))
            self.send_response(200 if self.path in answers else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    server.server_close()


def test_the_sample_is_live(driver, start_server, make_team, host):
    origin, answers = host
    server = start_server({"BOARDCAST_HTTP_CORS_ORIGINS": origin})
    team = make_team(server)
    api = team.api("ben")
    first, second = [api.create_task(name)["id"] for name in ("One", "Two")]
    answers["/"] = ("text/html", SAMPLE.replace("https://boards.example.com", server.url))
    answers["/boardcast-token"] = ("text/plain", team.token("ann"))
    driver.get("about:blank")
    driver.get(origin)
    page = Page(driver)

    def shown():
        return page.run("return [...document.querySelectorAll('section')].map(one => [...one.children].map(part => part.innerText))")

    eventually(lambda: page.run("return document.title") == "Board (live)", "it is live")
    eventually(lambda: shown()[0] == ["Inbox (2)", "One\nTwo"], "the tasks are there, in order")
    api.move_task(first, "review")
    api.delete_task(second)
    eventually(lambda: [heading for heading, _ in shown()] == ["Inbox (0)", "In progress (0)", "Review (1)", "Done (0)"], "and follow")
    driver.get("about:blank")
