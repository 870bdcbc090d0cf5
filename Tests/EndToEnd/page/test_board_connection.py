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
def tab(driver):
    """A page that is yet to be opened."""
    yield BoardPage(driver)
    driver.get("about:blank")


@pytest.fixture
def cable(server):
    relay = Relay(server.url)
    yield relay
    relay.close()


def test_offline_and_back(tab, server, team, cable):
    """The browser is told that it is offline; and since that leaves its open streams alone, the cable is pulled too."""
    api = team.api("ben")
    moved, seen = [api.create_task(name)["id"] for name in ("Moved offline", "Changed meanwhile")]
    tab.open(cable.url, team.token("ann"))
    tab.card(seen)
    tab.offline(True)
    cable.cut()
    try:
        tab.pill_says("Offline")
        tab.button(moved).send_keys(Keys.SPACE)
        tab.press(Keys.ARROW_RIGHT, Keys.SPACE)
        tab.column_is("in_progress", moved)
        tab.find('[data-status="inbox"] .add input').send_keys("Written offline", Keys.ENTER)
        tab.says(".card[data-pending]", "Written offline")
        api.patch_task(seen, {"name": "Has changed meanwhile"})
        assert api.task(moved)["status"] == "inbox"
    finally:
        cable.mend()
        tab.offline(False)
    tab.pill_says("Real-time")
    tab.says(".card", "Has changed meanwhile")
    tab.wait(lambda: api.task(moved)["status"] == "in_progress", "the move was sent when the connection was back")
    tab.wait(lambda: [task["name"] for task in api.tasks()].count("Written offline") == 1, "it was written, once")
    tab.wait(lambda: not tab.all(".card[data-pending]"), "all of it is acknowledged")
    assert tab.errors() == []


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_a_restart_in_the_middle_of_writing(tab, start_server, make_team, gracefully):
    server = start_server({"BOARDCAST_SSE_RETRY_MILLISECONDS": "300"})
    team = make_team(server)
    task = team.api().create_task("Being written")["id"]
    tab.open(server.url, team.token("ann"))
    tab.open_task(task)
    tab.fill("#f-description", "The first half")
    server.stop() if gracefully else server.kill()
    tab.pill_says("Reconnecting")
    tab.find("#f-description").send_keys(" and the second")
    tab.find("#sheet .primary").click()
    server.start()
    tab.says("#sheet .saved", "Saved")
    tab.pill_says("Real-time")
    assert team.api("ben").task(task)["description"] == "The first half and the second"


def test_who_is_told_to_wait_can_try_at_once(tab, start_server, make_team):
    server = start_server()
    team = make_team(server)
    tab.open(server.url, team.token("ann"))
    server.kill()
    tab.wait(lambda: tab.find("#retry").is_displayed(), "there is a button")
    tab.find("#connection").click()
    tab.says("#details", "The connection was cut")
    tab.press(Keys.ESCAPE)
    server.start()
    # It may have come back by itself meanwhile.
    tab.run("document.querySelector('#retry').click()")
    tab.pill_says("Real-time")


def test_a_token_that_ran_out_is_replaced_and_nothing_is_lost(tab, start_server, make_team):
    server = start_server({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0"})
    team = make_team(server)
    api = team.api("ben")
    task = api.create_task("Open all the time")["id"]
    tab.open(server.url, team.token("ann", ttl=12))
    tab.open_task(task)
    tab.fill("#f-description", "half a sentence")
    tab.pill_says("Sign in again")
    tab.says("#sign-in", "Sign in again")
    api.create_task("Made while Ann was out")
    tab.find("#token").send_keys(team.token("ann"), Keys.ENTER)
    tab.pill_says("Real-time")
    tab.says(".card", "Made while Ann was out")
    assert tab.find("#f-description").get_attribute("value") == "half a sentence"
    tab.find("#sheet .primary").click()
    tab.says("#sheet .saved", "Saved")


def test_a_token_given_in_time_keeps_the_stream(tab, start_server, make_team):
    """The token can be handed over by address, as a portal around the page would."""
    server = start_server({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0"})
    team = make_team(server)
    admin = team.admin()
    deadline = time.time() + 16
    tab.open(server.url, team.token("ann", ttl=16))
    [before] = admin.stats(userId="ann")["connections"]
    tab.run("location.hash = `token=${arguments[0]}`", team.token("ann"))
    tab.wait(lambda: "token" not in tab.driver.current_url, "the token is out of the address again")
    eventually(lambda: time.time() > deadline + 1, "the first token has run out")
    task = admin.create_task("After that")["id"]
    tab.card(task)
    tab.pill_says("Real-time")
    assert [connection["id"] for connection in admin.stats(userId="ann")["connections"]] == [before["id"]]
    assert tab.text(".notice") == ""


def test_no_token_is_asked_for_calmly(tab, server, team):
    tab.driver.get("about:blank")
    tab.driver.get(server.url)
    tab.run("sessionStorage.clear()")
    tab.driver.refresh()
    tab.says("#sign-in", "Open a board")
    assert tab.driver.switch_to.active_element == tab.find("#token")
    tab.find("#token").send_keys("not a token", Keys.ENTER)
    tab.says("#why", "The token is not three parts with dots between.")
    assert tab.text("#sign-in-title") == "Open a board", "nobody was signed in before"
    tab.find("#token").send_keys(team.token("ann"), Keys.ENTER)
    tab.pill_says("Real-time")
    tab.driver.refresh()
    tab.pill_says("Real-time")
    assert tab.run("return localStorage.getItem('boardcast.token')") is None


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


def test_behind_a_proxy_that_holds_streams_back_it_polls(tab, server, team, buffering_proxy):
    api = team.api("ben")
    tab.open(buffering_proxy, team.token("ann"), until=None)
    tab.pill_says("Polling")
    task = api.create_task("Through the proxy")["id"]
    tab.card(task)
    api.move_task(task, "done")
    tab.column_is("done", task)
    tab.button(task).send_keys(Keys.SHIFT + Keys.ARROW_LEFT)
    tab.wait(lambda: api.task(task)["status"] == "review", "writes get through")
    tab.find('[data-view="list"]').click()
    tab.says("#list .mode", "Polling")
