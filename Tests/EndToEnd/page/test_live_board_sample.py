"""The samples of a live board in one's own page, on one's own origin."""

import os
import subprocess
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


REACT = (ROOT / "Docs/examples/live-board/react.jsx").read_text()
#: In strict mode, which mounts everything twice.
MAIN = """
    import { StrictMode } from "react";
    import { createRoot } from "react-dom/client";
    import { Board } from "./board.jsx";
    const root = createRoot(document.querySelector("#root"));
    root.render(<StrictMode><Board id="main" /></StrictMode>);
    window.leave = () => root.unmount();
"""


def bundle(folder, url):
    """The React sample and its packages as one script: Debian's React, and our package as npm would lay it."""
    (folder / "modules").mkdir()
    (folder / "modules/boardcast").symlink_to(ROOT / "Sources/WebClient/Assets/sdk")
    (folder / "board.jsx").write_text(REACT.replace("https://boards.example.com", url))
    (folder / "main.jsx").write_text(MAIN)
    subprocess.run(
        ["esbuild", "main.jsx", "--bundle", "--format=esm", "--jsx=automatic", "--outfile=bundle.js", "--log-level=warning",
         '--define:process.env.NODE_ENV="development"', "--preserve-symlinks"],
        cwd=folder, env={**os.environ, "NODE_PATH": f"{folder}/modules:/usr/share/nodejs"}, check=True)
    return (folder / "bundle.js").read_text()


def test_the_sample_for_react_is_live_in_strict_mode_and_leaves_nothing_behind(driver, start_server, make_team, host, tmp_path):
    origin, answers = host
    server = start_server({"BOARDCAST_HTTP_CORS_ORIGINS": origin})
    team = make_team(server)
    api, admin = team.api("ben"), team.admin()
    first, second = [api.create_task(name)["id"] for name in ("One", "Two")]
    answers["/"] = ("text/html", '<!doctype html><div id="root"></div><script type="module" src="/main.js"></script>')
    answers["/main.js"] = ("text/javascript", bundle(tmp_path, server.url))
    answers["/boardcast-token"] = ("text/plain", team.token("ann"))
    driver.get("about:blank")
    driver.get_log("browser")
    driver.get(origin)
    page = Page(driver)

    def shown():
        return page.run("return [...document.querySelectorAll('section')].map(one => [one.querySelector('h2').textContent, "
                        "...[...one.querySelectorAll('li')].map(row => row.firstChild.textContent)])")

    eventually(lambda: page.run("return document.querySelector('main')?.ariaBusy") == "false", "it is live")
    eventually(lambda: shown()[:1] == [["Inbox (2)", "One", "Two"]], "the tasks are there, in order")
    eventually(lambda: admin.stats()["totalConnections"] == 1, "the client of the first mount has left")
    api.move_task(first, "review")
    eventually(lambda: ["Review (1)", "One"] in shown(), "it follows")
    page.find("section:first-of-type li button").click()
    eventually(lambda: [task["id"] for task in api.tasks()] == [first], "what it writes is written")
    eventually(lambda: shown()[0] == ["Inbox (0)"], "and seen")
    page.run("leave()")
    eventually(lambda: admin.stats()["totalConnections"] == 0, "it leaves")
    complaints = [entry["message"] for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    assert [message for message in complaints if "favicon" not in message] == []
    driver.get("about:blank")


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
