"""TLS on the listener itself: HTTP/1.1 and HTTP/2, and certificates that change while it runs."""

import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading

import httpx
import pytest
from websockets.sync.client import connect

from browser import BoardPage, chromium
from harness import StartFailed, run_command
from proxies import make_certificate
from rest import Api, ok
from sse import Stream
from team import Team
from tokens import SECRET
from waiting import DEADLINE, eventually


def settings_of(certificate):
    return {"BOARDCAST_HTTP_TLS_CERTIFICATE_FILE": str(certificate[0]), "BOARDCAST_HTTP_TLS_KEY_FILE": str(certificate[1])}


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    (tmp_path / "pem").mkdir()
    paths = make_certificate(tmp_path / "pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    return paths


@pytest.fixture
def secure(certificate, start_server):
    server = start_server(settings_of(certificate))
    assert server.url.startswith("https://")
    return server


@pytest.fixture
def team(secure, make_team):
    return make_team(secure)


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1.1", "HTTP/2"])
def test_a_stream_is_live_and_resumes(secure, team, http2):
    api = team.api()
    with Stream(secure.url + "/sse/connect", api.token, http2=http2) as stream:
        assert stream.response.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
        assert stream.response.headers["content-type"] == "text/event-stream"
        tasks = [api.create_task(f"task {number}", description="x" * 3000) for number in range(50)]
        stream.wait_for_seq(api.last_seq)
        assert [event["task"] for event in stream.of_type("task.created")] == tasks
        cursor = stream.events[-1].id
    missed = api.create_task("missed")
    with Stream(secure.url + "/sse/connect", api.token, cursor, http2=http2) as stream:
        assert stream.established["recovered"]
        assert stream.wait_for_type("task.created")["task"] == missed


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1.1", "HTTP/2"])
def test_calls_are_answered_as_without(secure, team, http2):
    headers = {"Authorization": f"Bearer {team.token()}"}
    with httpx.Client(base_url=secure.url, headers=headers, http2=http2, timeout=DEADLINE) as client:
        for number in range(20):
            created = ok(client.post("/api/tasks", json={"name": f"task {number}"}), 201)
            assert created.headers["location"].startswith(("/", secure.url))
        tag = created.headers["etag"]
        path = f"/api/tasks/{created.json()['task']['id']}"
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert client.patch(path, json={"name": "b"}, headers={"If-Match": '"9"'}).status_code == 412
        seq = int(ok(client.delete(path), 204).headers["boardcast-seq"])
        assert seq == 21
        polled = ok(client.get("/api/events", params={"limit": 1000})).json()
        assert [event["seq"] for event in polled["events"]] == list(range(1, 22))
        assert client.get("/api/nothing").status_code == 404
        assert client.get("/api/tasks", headers={"Authorization": "Bearer a.b.c"}).status_code == 401
        assert client.get("/sse/connect", headers={"Authorization": "Bearer a.b.c"}).status_code == 401
        # One that waits, and is answered by an event; no connection is used for it alone.
        assert "connection" not in client.get("/").headers or not http2


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1.1", "HTTP/2"])
def test_a_poll_that_waits_is_answered_by_an_event(secure, team, http2):
    headers = {"Authorization": f"Bearer {team.token()}"}
    api = team.api()
    cursor = ok(api.get("/api/events")).json()["cursor"]
    with httpx.Client(base_url=secure.url, headers=headers, http2=http2, timeout=DEADLINE) as client:
        assert ok(client.get("/api/events", params={"since": cursor, "wait": 0})).json()["events"] == []
        answers = []
        poll = threading.Thread(target=lambda: answers.append(
            ok(client.get("/api/events", params={"since": cursor, "wait": 30})).json()))
        poll.start()
        eventually(lambda: team.admin().stats()["totalConnections"] == 1, "the poll waits")
        task = api.create_task("news")
        poll.join(DEADLINE)
        assert [event["task"] for event in answers[0]["events"]] == [task]


def test_curl_imports_over_http2(secure, team, certificate, tmp_path):
    api = team.api("importer", role="admin")
    ok(api.post("/api/boards", {"id": "imported"}), 201)
    file = tmp_path / "tasks.csv"
    file.write_text("name,description\n" + "".join(f"task {row},{'x' * 20_000}\n" for row in range(20)))
    for version in ("--http2", "--http1.1"):
        answer = subprocess.run(
            ["curl", "-sS", "--fail-with-body", version, "--cacert", str(certificate[0]),
             "-H", f"Authorization: Bearer {api.token}", "-H", "Content-Type: text/csv", "-H", "Expect: 100-continue",
             "-D", "-", "--data-binary", f"@{file}", f"{secure.url}/api/import?board=imported"],
            capture_output=True, text=True, timeout=DEADLINE)
        assert answer.returncode == 0 and " 202" in answer.stdout, answer.stdout + answer.stderr
    eventually(lambda: len(api.tasks(board="imported", limit=100)) == 40, "both files are imported")


def test_a_websocket_and_a_session_of_our_page(secure, team):
    token = team.token()
    context = ssl.create_default_context()
    url = secure.url.replace("https", "wss", 1) + "/ws/connect"
    with connect(url, origin=secure.url, subprotocols=["bearer", token], ssl=context, proxy=None) as socket:
        assert '"connection.established"' in socket.recv(DEADLINE)
        task = team.api().create_task("over a WebSocket", description="x" * 15_000)
        while f'"taskId":{task["id"]},' not in socket.recv(DEADLINE):
            pass
    answer = httpx.post(secure.url + "/api/session", headers={"Authorization": f"Bearer {token}", "Origin": secure.url})
    assert "; Secure" in ok(answer, 204).headers["set-cookie"]
    headers = {"Cookie": f"boardcast_session={token}"}
    # A page without TLS is not ours.
    for origin, status in ((secure.url, 200), (secure.url.replace("https", "http", 1), 401)):
        assert httpx.get(secure.url + "/api/tasks", headers={**headers, "Origin": origin}).status_code == status


def test_a_browser_holds_more_streams_than_six(secure, team):
    driver = chromium(arguments=["ignore-certificate-errors"])
    try:
        page = BoardPage(driver).open(secure.url, team.token("ann"))
        page.run("""
            window.heard = 0;
            window.sources = Array.from({ length: 20 }, () => new EventSource('/sse/connect?token=' + arguments[0]));
            for (const source of window.sources) {
                source.onmessage = (message) => { if (JSON.parse(message.data).type === 'task.created') window.heard += 1; };
            }
        """, team.token("ben"))
        eventually(lambda: team.admin().stats()["totalConnections"] >= 21, "all of them are open")
        task = team.api().create_task("For all of them")["id"]
        page.card(task)
        page.wait(lambda: page.run("return window.heard") == 20, "each has heard of it")
        assert page.run("return performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
        assert page.errors() == []
    finally:
        driver.quit()


def test_a_certificate_is_exchanged_and_nobody_is_cut(secure, team, certificate, tmp_path):
    def serial():
        pem = ssl.get_server_certificate((secure.host, secure.port), timeout=DEADLINE)
        return ssl.PEM_cert_to_DER_cert(pem)

    stream = team.keep(Stream(secure.url + "/sse/connect", team.token(), http2=True))
    seen = {serial()}
    (tmp_path / "new").mkdir()
    for notice in ("SIGHUP", "the files alone"):
        fresh = make_certificate(tmp_path / "new")
        for source, target in zip(fresh[:2], certificate):
            # As who renews it does: beside it, and then in its place.
            shutil.copy(source, f"{target}.new")
            shutil.move(f"{target}.new", target)
        if notice == "SIGHUP":
            secure.process.send_signal(signal.SIGHUP)
        eventually(lambda: serial() not in seen, f"new connections have the new certificate, by {notice}")
        seen.add(serial())
        api = team.api()
        api.create_task(notice)
        stream.wait_for_seq(api.last_seq)
    # One that can't be used changes nothing.
    certificate[1].write_text("no key")
    secure.process.send_signal(signal.SIGHUP)
    eventually(lambda: "the settings stay as they were" in secure.log(), "it is told")
    assert serial() in seen
    assert "no private key" in secure.log() and "BEGIN" not in secure.log()


def test_a_reload_with_a_bad_certificate_changes_nothing_at_all(certificate, tmp_path, start_server):
    settings, key = tmp_path / "boardcast.yaml", certificate[1].read_text()
    settings.write_text("http: {corsOrigins: []}")
    server = start_server(settings_of(certificate), args=["--config", str(settings)])

    def lets_in():
        answer = httpx.get(server.url + "/healthz", headers={"Origin": "https://app.example"}, timeout=DEADLINE)
        return "access-control-allow-origin" in answer.headers

    settings.write_text("http: {corsOrigins: [https://app.example]}")
    certificate[1].write_text("no key")
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "the settings stay as they were" in server.log(), "it is told")
    assert not lets_in()
    certificate[1].write_text(key)
    server.process.send_signal(signal.SIGHUP)
    eventually(lets_in, "the settings are read")


def test_who_speaks_http_is_told(secure):
    answer = httpx.get(secure.url.replace("https", "http", 1) + "/healthz", timeout=DEADLINE)
    assert answer.status_code == 400 and answer.json()["code"] == "needs_tls"


def test_an_old_version_is_refused(secure):
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection((secure.host, secure.port), timeout=DEADLINE) as raw:
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(raw, server_hostname=secure.host)
    context = ssl.create_default_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection((secure.host, secure.port), timeout=DEADLINE) as raw:
        assert context.wrap_socket(raw, server_hostname=secure.host).version() == "TLSv1.2"


def test_who_begins_no_handshake_gives_way(certificate, start_server, make_team):
    server = start_server({**settings_of(certificate), "BOARDCAST_LIMITS_REQUEST_CONNECTIONS": "16"})
    team = make_team(server)
    stream = team.stream()
    silent = [socket.create_connection((server.host, server.port), timeout=DEADLINE) for _ in range(40)]
    for _ in range(5):
        ok(httpx.get(server.url + "/healthz", timeout=DEADLINE))
    api = team.api()
    api.create_task("through the crowd")
    stream.wait_for_seq(api.last_seq)
    for one in silent:
        one.close()


@pytest.mark.parametrize("wrong, words", [
    ({"KEY": None}, "belong together"),
    ({"CERTIFICATE": "missing.pem"}, "missing.pem: no certificate"),
    ({"KEY": "other.pem"}, "is not the key of"),
    ({"KEY": "certificate.pem"}, "no private key"),
])
def test_a_start_without_a_usable_certificate_says_why(certificate, tmp_path, start_server, wrong, words):
    (tmp_path / "others").mkdir()
    shutil.copy(make_certificate(tmp_path / "others")[1], certificate[0].parent / "other.pem")
    settings = settings_of(certificate)
    for part, name in wrong.items():
        key = f"BOARDCAST_HTTP_TLS_{part}_FILE"
        if name:
            settings[key] = str(certificate[0].parent / name)
        else:
            del settings[key]
    with pytest.raises(StartFailed, match="exit code 2"):
        start_server(settings)
    result = run_command("check", "--database", f"sqlite:{tmp_path / 'x.sqlite'}", "--port", "0",
                         env={**settings, "BOARDCAST_AUTH_SECRET": SECRET})
    assert result.returncode == 2 and words in result.stdout + result.stderr


def test_check_says_how_long_the_certificate_is_valid(certificate, tmp_path):
    result = run_command("check", "--database", f"sqlite:{tmp_path / 'x.sqlite'}", "--port", "0",
                         env={**settings_of(certificate), "BOARDCAST_AUTH_SECRET": SECRET})
    assert result.returncode == 0, result.stdout
    assert re.search(f"! certificate: {certificate[0]} is valid for [01] days more", result.stdout)


def test_the_command_line_speaks_it_too(secure, team, certificate):
    """With a certificate of one's own, which `SSL_CERT_FILE` names."""
    environment = {"BOARDCAST_URL": secure.url, "BOARDCAST_TOKEN": team.token("eve", role="admin")}
    assert run_command("publish", "--type", "demo.tick", env={**environment, "SSL_CERT_FILE": ""}).returncode == 7
    environment["SSL_CERT_FILE"] = str(certificate[0])
    assert run_command("publish", "--type", "demo.tick", env=environment).returncode == 0
    done = run_command("doctor", secure.url, "--write", env=environment)
    assert done.returncode == 0 and "✓ WebSocket: opened" in done.stdout, done.stdout
