"""The page's connection: cut, restarted, proxied, expired; and nothing of what was done is lost."""

import shutil
import signal
import socket
import subprocess
import time

import pytest
from selenium.webdriver.common.keys import Keys

from browser import BoardPage
from relay import Relay
from waiting import eventually


@pytest.fixture
def page(driver):
    yield BoardPage(driver)
    driver.get("about:blank")


@pytest.fixture
def cable(server):
    relay = Relay(server.url)
    yield relay
    relay.close()


def test_offline_and_back(page, server, team, cable):
    """The browser is told that it is offline; and since that leaves its open streams alone, the cable is pulled too."""
    api = team.api("ben")
    moved, seen = [api.create_task(name)["id"] for name in ("Moved offline", "Changed meanwhile")]
    page.open(cable.url, team.token("ann"))
    page.card(seen)
    page.offline(True)
    cable.cut()
    try:
        page.pill_says("Offline")
        page.button(moved).send_keys(Keys.SPACE)
        page.press(Keys.ARROW_RIGHT, Keys.SPACE)
        page.column_is("in_progress", moved)
        page.find('[data-status="inbox"] .add input').send_keys("Written offline", Keys.ENTER)
        page.says(".card[data-pending]", "Written offline")
        api.patch_task(seen, {"name": "Has changed meanwhile"})
        assert api.task(moved)["status"] == "inbox"
    finally:
        cable.mend()
        page.offline(False)
    page.pill_says("Real-time")
    page.says(".card", "Has changed meanwhile")
    page.wait(lambda: api.task(moved)["status"] == "in_progress", "the move was sent when the connection was back")
    page.wait(lambda: [task["name"] for task in api.tasks()].count("Written offline") == 1, "it was written, once")
    page.wait(lambda: not page.all(".card[data-pending]"), "all of it is acknowledged")
    assert page.errors() == []


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_a_restart_in_the_middle_of_writing(page, start_server, make_team, gracefully):
    server = start_server({"BOARDCAST_SSE_RETRY_MILLISECONDS": "300"})
    team = make_team(server)
    task = team.api().create_task("Being written")["id"]
    page.open(server.url, team.token("ann"))
    page.open_task(task)
    page.fill("#f-description", "The first half")
    server.stop() if gracefully else server.kill()
    page.pill_says("Reconnecting")
    page.find("#f-description").send_keys(" and the second")
    page.find("#sheet .primary").click()
    server.start()
    page.says("#sheet .saved", "Saved")
    page.pill_says("Real-time")
    assert team.api("ben").task(task)["description"] == "The first half and the second"


def test_who_is_told_to_wait_can_try_at_once(page, start_server, make_team):
    server = start_server()
    team = make_team(server)
    page.open(server.url, team.token("ann"))
    server.kill()
    page.wait(lambda: page.find("#retry").is_displayed(), "there is a button")
    page.find("#connection").click()
    page.says("#details", "The connection was cut")
    page.press(Keys.ESCAPE)
    server.start()
    # It may have come back by itself meanwhile.
    page.run("document.querySelector('#retry').click()")
    page.pill_says("Real-time")


def test_a_token_that_ran_out_is_replaced_and_nothing_is_lost(page, start_server, make_team):
    server = start_server({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0"})
    team = make_team(server)
    api = team.api("ben")
    task = api.create_task("Open all the time")["id"]
    page.open(server.url, team.token("ann", ttl=12))
    page.open_task(task)
    page.fill("#f-description", "half a sentence")
    page.pill_says("Sign in again")
    page.says("#sign-in", "Sign in again")
    api.create_task("Made while Ann was out")
    page.find("#token").send_keys(team.token("ann"), Keys.ENTER)
    page.pill_says("Real-time")
    page.says(".card", "Made while Ann was out")
    assert page.find("#f-description").get_attribute("value") == "half a sentence"
    page.find("#sheet .primary").click()
    page.says("#sheet .saved", "Saved")


def test_a_token_given_in_time_keeps_the_stream(page, start_server, make_team):
    """The token can be handed over by address, as a portal around the page would."""
    server = start_server({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0"})
    team = make_team(server)
    admin = team.admin()
    deadline = time.time() + 16
    page.open(server.url, team.token("ann", ttl=16))
    [before] = admin.stats(userId="ann")["connections"]
    page.run("location.hash = `token=${arguments[0]}`", team.token("ann"))
    page.wait(lambda: "token" not in page.driver.current_url, "the token is out of the address again")
    eventually(lambda: time.time() > deadline + 1, "the first token has run out")
    task = admin.create_task("After that")["id"]
    page.card(task)
    page.pill_says("Real-time")
    assert [connection["id"] for connection in admin.stats(userId="ann")["connections"]] == [before["id"]]
    assert page.text(".notice") == ""


def test_no_token_is_asked_for_calmly(page, server, team):
    page.driver.get("about:blank")
    page.driver.get(server.url)
    page.run("sessionStorage.clear()")
    page.driver.refresh()
    page.says("#sign-in", "Open a board")
    assert page.driver.switch_to.active_element == page.find("#token")
    page.find("#token").send_keys("not a token", Keys.ENTER)
    page.says("#sign-in", "Sign in again")
    page.wait(lambda: page.text("#why"), "it says why")
    page.find("#token").send_keys(team.token("ann"), Keys.ENTER)
    page.pill_says("Real-time")
    page.driver.refresh()
    page.pill_says("Real-time")
    assert page.run("return localStorage.getItem('boardcast.token')") is None


NGINX = """
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {upstream};
            proxy_buffering on;
            proxy_ignore_headers X-Accel-Buffering;
            {more}
        }}
    }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


#: As nginx comes, it speaks HTTP/1.0 to what is behind it; or 1.1, and compresses, for which it holds back what it has.
PROXIES = {
    "as it comes": "",
    "compressing": 'proxy_http_version 1.1; proxy_set_header Connection ""; gzip on; gzip_proxied any; gzip_types *;',
}


@pytest.fixture(params=PROXIES)
def buffering_proxy(request, server, tmp_path):
    """An nginx through which no stream gets, whatever the gateway asks it for."""
    port = free_port()
    config = tmp_path / "nginx.conf"
    config.write_text(NGINX.format(directory=tmp_path, port=port, upstream=server.url, more=PROXIES[request.param]))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([program, "-p", str(tmp_path), "-e", str(tmp_path / "error.log"), "-c", str(config)])

    def accepts():
        assert process.poll() is None, (tmp_path / "error.log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    eventually(accepts, "nginx accepts connections")
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def test_behind_a_proxy_that_holds_streams_back_it_polls(page, server, team, buffering_proxy):
    api = team.api("ben")
    page.open(buffering_proxy, team.token("ann"), until=None)
    page.pill_says("Polling")
    task = api.create_task("Through the proxy")["id"]
    page.card(task)
    api.move_task(task, "done")
    page.column_is("done", task)
    page.button(task).send_keys(Keys.SHIFT + Keys.ARROW_LEFT)
    page.wait(lambda: api.task(task)["status"] == "review", "writes get through")
    page.find('[data-view="list"]').click()
    page.says("#list .mode", "Polling")
