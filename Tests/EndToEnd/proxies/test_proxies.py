"""The page, streams, WebSockets, sessions, imports and conditional writes through real proxies, each with the
configurations that `Docs/PROXIES.md` gives: its shortest and the recommended one."""

import ssl
import subprocess

import httpx
import pytest
from websockets.sync.client import connect

from browser import BoardPage, chromium
from harness import ROOT
from proxies import FILES, Proxy, free_port, make_certificate
from rest import Api, ok
from sse import Stream
from team import Team
from waiting import DEADLINE, eventually

LOCAL = {"BOARDCAST_HTTP_TRUSTED_PROXIES": "127.0.0.1"}
#: What each configuration asks of the server's settings; `{url}` is what browsers see.
SETTINGS = {
    "nginx-shortest.conf": {"BOARDCAST_HTTP_PUBLIC_URL": "{url}"},
    "nginx.conf": LOCAL,
    "nginx-path.conf": LOCAL,
    "haproxy-shortest.cfg": {},
    "haproxy.cfg": LOCAL,
    "haproxy-tcp.cfg": {**LOCAL, "BOARDCAST_HTTP_PROXY_PROTOCOL": "true"},
    "Caddyfile-shortest": {},
    "Caddyfile": LOCAL,
    "apache-shortest.conf": LOCAL,
    "apache.conf": LOCAL,
}
#: Without a word about it nginx speaks HTTP/1.0, in which there are no WebSockets.
WITHOUT_WEBSOCKETS = {"nginx-shortest.conf"}
#: Those that pass on what the client says its address is, or name none.
WITHOUT_ADDRESSES = {"nginx-shortest.conf", "haproxy-shortest.cfg", "Caddyfile-shortest"}


class Setup:
    """A server and a proxy in front of it."""

    def __init__(self, name, team, proxy):
        self.name, self.team, self.proxy = name, team, proxy
        self.origin = proxy.url
        self.url = proxy.url + ("/boards" if name == "nginx-path.conf" else "")

    def api(self, sub="ann", **more):
        return self.team.keep(Api(self.url, self.team.token(sub, **more)))


@pytest.fixture(scope="module", params=SETTINGS)
def setup(request, start_for_module, tmp_path_factory):
    name = request.param
    directory = tmp_path_factory.mktemp("proxy")
    certificate = make_certificate(directory)
    port = free_port()
    scheme = "https" if name.startswith("Caddy") or "443" in (FILES / name).read_text() else "http"
    limits = {"BOARDCAST_LIMITS_AUTH_FAILURES_PER_SECOND": "1", "BOARDCAST_LIMITS_AUTH_FAILURE_BURST": "5"}
    settings = {key: value.format(url=f"{scheme}://127.0.0.1:{port}") for key, value in SETTINGS[name].items()}
    server = start_for_module({**limits, **settings})
    team = Team(server, "acme")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(certificate[0]))
        proxy = Proxy(name, directory, port, server, certificate)
        setup = Setup(name, team, proxy)

        def answers():
            try:
                return httpx.get(setup.url + "/healthz").status_code == 200
            except httpx.HTTPError:
                return False

        try:
            proxy.wait(answers)
            yield setup
        finally:
            team.close()
            proxy.stop()


@pytest.fixture(scope="module")
def driver():
    driver = chromium(arguments=["ignore-certificate-errors"])
    yield driver
    driver.quit()


def test_the_page_works_and_is_live(setup, driver):
    api = setup.api("ben")
    page = BoardPage(driver).open(setup.url, setup.team.token("ann"))
    task = api.create_task("Through the proxy")["id"]
    page.card(task)
    api.move_task(task, "done")
    page.column_is("done", task)
    assert page.errors() == []
    api.delete(f"/api/tasks/{task}")
    driver.get("about:blank")


def test_a_stream_is_live_and_resumes(setup):
    api = setup.api()
    with Stream(setup.url + "/sse/connect", api.token) as stream:
        tasks = [api.create_task(f"task {number}") for number in range(5)]
        stream.wait_for_seq(api.last_seq)
        assert [event["task"] for event in stream.of_type("task.created")] == tasks
        cursor = stream.events[-1].id
    missed = api.create_task("missed")
    with Stream(setup.url + "/sse/connect", api.token, cursor) as stream:
        assert stream.established["recovered"]
        assert stream.wait_for_type("task.created")["task"] == missed


def test_a_websocket_of_our_page_is_opened(setup):
    if setup.name in WITHOUT_WEBSOCKETS:
        answer = Api(setup.url, setup.team.token()).get("/ws/connect")
        assert answer.status_code == 505 and "proxy_http_version" in answer.json()["detail"]
        return
    context = ssl.create_default_context() if setup.proxy.is_secure else None
    url = setup.url.replace("http", "ws", 1) + "/ws/connect"
    with connect(url, origin=setup.origin, subprotocols=["bearer", setup.team.token()], ssl=context, proxy=None) as socket:
        assert socket.subprotocol == "bearer"
        assert '"connection.established"' in socket.recv(DEADLINE)
        task = setup.api().create_task("over a WebSocket")
        while f'"taskId":{task["id"]},' not in socket.recv(DEADLINE):
            pass


def test_a_session_of_our_page_counts_and_no_other(setup):
    token = setup.team.token()
    answer = httpx.post(setup.url + "/api/session", timeout=DEADLINE, headers={
        "Authorization": f"Bearer {token}", "Origin": setup.origin})
    said = ok(answer, 204).headers["set-cookie"]
    # On loopback a cookie is not bound to TLS, unless the proxy says that it speaks it.
    assert ("; Secure" in said) == (setup.proxy.is_secure and bool(SETTINGS[setup.name]))
    assert f"; Path={'/boards' if setup.name == 'nginx-path.conf' else '/'}; " in said
    headers = {"Cookie": f"boardcast_session={token}; theme={{\"dark\":true}}"}
    for origin, status in ((setup.origin, 200), ("https://evil.example", 401)):
        answer = httpx.get(setup.url + "/api/tasks", headers={**headers, "Origin": origin}, timeout=DEADLINE)
        assert answer.status_code == status
    with Stream(setup.url + "/sse/connect", headers={**headers, "Origin": setup.origin}) as stream:
        assert stream.established["userId"] == "ann"


def test_a_file_is_imported_by_curl(setup, tmp_path):
    """Its body is held back until it is asked for, as curl does with large ones."""
    api = setup.api("importer", role="admin")
    ok(api.post("/api/boards", {"id": "imported"}), 201)
    file = tmp_path / "tasks.csv"
    file.write_text("name,description\n" + "".join(f"task {row},{'x' * 20_000}\n" for row in range(40)))
    command = ["curl", "-sS", "--fail-with-body", "--cacert", str(setup.proxy.directory / "certificate.pem"),
               "-H", f"Authorization: Bearer {api.token}", "-H", "Content-Type: text/csv", "-H", "Expect: 100-continue",
               "-D", "-", "--data-binary", f"@{file}", f"{setup.url}/api/import?board=imported"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE)
    assert answer.returncode == 0 and " 202" in answer.stdout, answer.stdout + answer.stderr
    eventually(lambda: len(api.tasks(board="imported", limit=100)) == 40, "the file is imported")
    ok(api.delete("/api/boards/imported"))


def test_a_write_on_the_version_that_was_read_is_done(setup):
    """Proxies that compress change entity tags."""
    api = setup.api()
    task = api.create_task("a", description="long enough to be worth compressing " * 50)
    for coding in ("identity", "gzip", "br", "zstd"):
        path = f"/api/tasks/{task['id']}"
        tag = ok(api.get(path, headers={"Accept-Encoding": coding})).headers["etag"]
        assert api.get(path, headers={"Accept-Encoding": coding, "If-None-Match": tag}).status_code == 304, tag
        changed = api.patch(path, {"name": f"read as {coding}"}, headers={"If-Match": tag})
        assert changed.status_code == 200, tag
        assert api.patch(path, {"name": "stale"}, headers={"If-Match": tag}).status_code == 412


def test_a_stream_is_not_compressed_or_held_back(setup):
    headers = {"Accept-Encoding": "gzip, br, zstd", "Authorization": f"Bearer {setup.team.token()}"}
    api = setup.api()
    for number in range(10):
        api.create_task(f"so that the beginning of the stream is worth compressing {number}")
    for path in ("/sse/connect", "/sse/connect?snapshot=1", "/api/tasks/stream/inbox"):
        with httpx.stream("GET", setup.url + path, headers=headers, timeout=DEADLINE) as answer:
            assert answer.status_code == 200 and "content-encoding" not in answer.headers
            assert next(answer.iter_bytes()).startswith((b"retry:", b"data:"))


def test_links_lead_through_the_proxy(setup):
    api = setup.api()
    created = ok(api.post("/api/tasks", {"name": "linked"}), 201)
    location = created.headers["location"].removeprefix(setup.origin)
    assert location == f"{setup.url.removeprefix(setup.origin)}/api/tasks/{created.json()['task']['id']}"


def test_a_client_can_not_take_another_address(setup):
    """Whoever guesses tokens is stopped, whatever it says about where it is."""
    if setup.name in WITHOUT_ADDRESSES:
        return
    # From an address that is no trusted proxy's. Were each believed to be where it says, none would ever be stopped.
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2"), timeout=DEADLINE) as client:
        statuses = (client.get(setup.url + "/api/tasks", headers={
            "Authorization": "Bearer a.b.c", "X-Forwarded-For": f"203.0.113.{number}",
            "Forwarded": f"for=203.0.113.{number}"}).status_code for number in range(100))
        assert 429 in statuses


def test_metrics_are_for_the_machine_alone(setup):
    statuses = {httpx.get(setup.url + path, timeout=DEADLINE).status_code for path in ("/metrics", "/metrics/", "//metrics")}
    # This proxy tells the address of its client, which is on the machine here.
    assert statuses == ({200} if setup.name == "haproxy-tcp.cfg" else {404})


def test_the_documentation_has_what_is_tested():
    page = (ROOT / "Docs" / "PROXIES.md").read_text()
    assert sorted(SETTINGS) == sorted(path.name for path in FILES.iterdir())
    for name in SETTINGS:
        assert f"\n```\n{(FILES / name).read_text()}```\n" in page, name
