"""What clients out there send: other names in the query, targets in other forms, HTTP/1.0, bodies held back, cookies of
other applications, headers of tracing libraries, tokens in subprotocols. Beside each, what it must not open."""

import json
import re
import subprocess

import pytest
from websockets.sync.client import connect

import tokens
from cases import request_of, text_of
from harness import ORIGIN, StartFailed
from rest import Api, ok, problem
from sse import Stream
from tokens import cookie
from waiting import DEADLINE, eventually
from wire import Wire
from ws import WebSocket, refusal


def ask(wire, name, **values):
    """Sends a case, and reads the head of the answer."""
    wire.send(request_of(name, host=wire.host, **values))
    return wire.head()


def first_event(wire, answer):
    assert answer.status == 200
    return next(wire.data_frames(answer))


def statuses(server, sent):
    """The statuses of everything that is answered until the server ends the connection."""
    with Wire(server) as wire:
        wire.send(sent)
        received = b""
        try:
            while data := wire.socket.recv(65536):
                received += data
        except ConnectionResetError:
            pass
        return [int(status) for status in re.findall(rb"HTTP/1\.\d (\d{3}) ", received)]


# Queries


@pytest.mark.parametrize("name", ["lastEventId", "lastEventID", "Last-Event-ID"])
@pytest.mark.parametrize("path", ["/sse/connect", "/api/events/stream"])
def test_a_cursor_in_the_query_resumes_under_each_of_its_names(team, path, name):
    api = team.api("ann")
    api.create_task("before")
    cursor = api.get("/api/events").json()["cursor"]
    task = api.create_task("meanwhile")
    with Wire(team.server) as wire:
        wire.request("GET", f"{path}?board=main&{name}={cursor}", api.token)
        frames = wire.data_frames(wire.head())
        assert next(event for event in frames if event["type"] == "task.created")["task"] == task


def test_a_polyfill_that_comes_back_resumes(team):
    api = team.api("ann")
    cursor = api.get("/api/events").json()["cursor"]
    api.create_task("meanwhile")
    with Wire(team.server) as wire:
        answer = ask(wire, "F3-05", token=api.token, cursor=cursor)
        established = first_event(wire, answer)
        assert (established["recovered"], established["behind"]) == (True, 1)


def test_the_newer_of_two_cursors_counts(team):
    """A polyfill appends where it stands to the URL that it was given, which may have a cursor too."""
    api = team.api("ann")
    old = api.get("/api/events").json()["cursor"]
    api.create_task("seen")
    new = api.get("/api/events").json()["cursor"]
    url = f"/api/events?since={old}&lastEventId="
    assert api.get(url + new).json()["events"] == []
    assert [event["seq"] for event in api.get(url).json()["events"]] == [1], "an empty one counts as absent"
    header = {"Last-Event-ID": old}
    assert [event["seq"] for event in api.get(f"/api/events?lastEventId={new}", headers=header).json()["events"]] == [1]
    stream = team.stream("ann", since=old, lastEventId=new)
    assert stream.established["behind"] == 0


def test_streams_without_cursors_are_not_lost_to_one(team):
    api = team.api("ann")
    job = ok(api.post("/api/jobs", {"name": "work"})).json()["job"]["id"]
    for path in ("/api/tasks/stream?", f"/api/jobs/{job}/stream?", f"/api/v1/tasks/{job}/stream?"):
        with Wire(team.server) as wire:
            wire.request("GET", f"{path}lastEventId=7", api.token)
            assert wire.head().status == 200, path


def test_what_libraries_and_links_add_is_passed_over(team):
    token = team.token()
    with Wire(team.server) as wire:
        assert first_event(wire, ask(wire, "F3-06", token=token))["type"] == "connection.established"
    api = team.api("ann")
    for query in ("_=1767225600123", "_=1&_=2", "utm_source=mail&utm_campaign=x", "gclid=x&fbclid=y"):
        assert ok(api.get(f"/api/tasks?{query}&limit=1")).status_code == 200
        stream = Stream(f"{team.server.url}/sse/connect?{query}", token)
        assert stream.established
        stream.close()


@pytest.mark.parametrize("query", [
    "lasteventid=1-0", "last_event_id=1-0", "LastEventId=1-0", "Last-Event-Id=1-0", "sinse=1-0", "boards=main", "Token=x",
    "accesstoken=x", "__=1", "_x=1", "utm=1", "cache=1", "lastEventId=1-0&Last-Event-ID=1-0", "token=x&access_token=x",
])
def test_a_name_that_is_nearly_right_is_still_refused(team, query):
    with Wire(team.server) as wire:
        wire.request("GET", f"/sse/connect?{query}", team.token())
        answer = wire.response()
        assert (answer.status, answer.json["code"]) == (400, "invalid_query")
    if "oken" not in query:
        problem(team.api().get(f"/api/events?{query}"), 400)


def test_a_token_is_taken_as_access_token_on_streams_alone(team):
    token = team.token()
    stream = Stream(f"{team.server.url}/sse/connect?access_token={token}")
    assert stream.established["userId"] == "ann"
    stream.close()
    socket_ = team.keep(WebSocket(team.server, params={"access_token": token}))
    assert socket_.established["userId"] == "ann"
    for name in ("token", "access_token"):
        answer = Api(team.server.url).get(f"/api/tasks?{name}={token}")
        assert answer.status_code in (400, 401), "a call takes no token from its URL"
    assert token not in team.server.log()


# Targets


@pytest.mark.parametrize("name", ["F3-07", "F3-08", "F3-08l"])
def test_a_target_in_another_form_is_the_same_path(team, name):
    team.api().create_task("a")
    with Wire(team.server) as wire:
        assert first_event(wire, ask(wire, name, token=team.token()))["type"] in ("connection.established", "task.created")


@pytest.mark.parametrize("form", ["{}/", "{}//", "/{}", "http://boards.example.com{}", "HTTP://boards.example.com:80{}",
                                  "https://[::1]:8788{}", "http://boards.example.com{}/"])
def test_streams_calls_and_websockets_read_targets_alike(team, form):
    token = team.token()
    for path, expected in (("/sse/connect", 200), ("/api/tasks", 200), ("/api/tasks/9", 404), ("/healthz", 200)):
        with Wire(team.server) as wire:
            wire.request("GET", form.format(path), token)
            assert wire.head().status == expected, path
    with Wire(team.server) as wire:
        wire.request("GET", form.format("/ws/connect"), token, HANDSHAKE)
        assert wire.head().status == 101
    with Wire(team.server) as wire:
        wire.request("POST", form.format("/sse/connect"), token)
        answer = wire.head()
        assert answer.status == 405 and answer.header("Allow") == "GET, QUERY"


HANDSHAKE = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
             ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]


@pytest.mark.parametrize("target", ["ftp://x/api/tasks", "http:///api/tasks", "http://user@x/api/tasks", "http://x y/",
                                    "http://x:y/api/tasks", "x://y/sse/connect"])
def test_a_target_that_is_no_url_of_ours_is_refused(team, target):
    with Wire(team.server) as wire:
        wire.request("GET", target, team.token())
        assert wire.response().status == 400
        assert wire.ended()


def test_the_host_of_the_target_is_the_one_that_counts(team):
    """RFC 9112 §3.2.2: a server must ignore `Host` then; a page of the host that it names is not ours."""
    for origin, status in (("http://boards.example.com", 101), ("http://other.example", 403)):
        with Wire(team.server) as wire:
            wire.host = "other.example"
            wire.request("GET", "http://boards.example.com/ws/connect", team.token(), [*HANDSHAKE, ("Origin", origin)])
            assert wire.head().status == status


def test_an_absolute_target_needs_its_host_field_nevertheless(team):
    sent = f"GET http://x/api/tasks HTTP/1.1\r\nAuthorization: Bearer {team.token()}\r\n\r\n"
    assert statuses(team.server, sent.encode()) == [400]


# HTTP/1.0


@pytest.mark.parametrize("name", ["F3-03", "F3-03l"])
def test_http_1_0_gets_the_stream_without_chunks(team, name):
    api = team.api("ann")
    with Wire(team.server) as wire:
        answer = ask(wire, name, token=api.token)
        assert answer.status == 200 and answer.header("Content-Type") == "text/event-stream"
        assert answer.header("Transfer-Encoding") is None and answer.header("Content-Length") is None
        assert answer.header("Connection") == "close"
        frames = wire.data_frames(answer)
        tasks = [api.create_task(f"task {number}") for number in range(20)]
        heard = []
        while len(heard) < len(tasks):
            event = next(frames)
            heard += [event["task"]] if event["type"] == "task.created" else []
        assert heard == tasks


def test_http_1_0_gets_every_kind_of_stream_and_its_end(team):
    api = team.api("ann")
    job = ok(api.post("/api/jobs", {"name": "work"})).json()["job"]["id"]
    with Wire(team.server) as wire:
        wire.send(f"GET /api/jobs/{job}/stream HTTP/1.0\r\nAuthorization: Bearer {api.token}\r\n\r\n".encode())
        answer = wire.head()
        ok(api.patch(f"/api/jobs/{job}", {"status": "completed"}))
        lines = list(wire.lines(answer))
    text = b"\n".join(lines).decode()
    assert "event: completed" in text
    assert all(line == "" or line.startswith((":", "event:", "data:", "id:", "retry:")) for line in text.split("\n")), text


@pytest.mark.parametrize("path", ["/healthz", "/api/tasks", "/api/publish"])
def test_http_1_0_keeps_its_connection_if_it_asks_for_that(team, path):
    """ApacheBench and old libraries wait for the connection's end unless the answer says that there is none."""
    token = team.token(role="service")
    body = b'{"type":"a.b"}' if path == "/api/publish" else b""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.0", f"Authorization: Bearer {token}",
             "Content-Type: application/json", f"Content-Length: {len(body)}"]
    with Wire(team.server) as wire:
        for asks, says in (("keep-alive", "keep-alive"), ("Keep-Alive", "keep-alive"), (None, "close")):
            asked = [*lines, *([f"Connection: {asks}"] if asks else [])]
            wire.send("\r\n".join(asked).encode() + b"\r\n\r\n" + body)
            answer = wire.response()
            assert answer.status in (200, 202) and answer.header("Connection") == says
        assert wire.ended()


def test_a_slow_reader_of_http_1_0_misses_nothing(start_server, make_team):
    """Whatever is cut anywhere in a chunk is continued there."""
    team = make_team(start_server({"BOARDCAST_SSE_QUEUE_BYTES": "8192"}))
    api = team.api("ann")
    with Wire(team.server, receive_buffer=2048) as wire:
        answer = ask(wire, "F3-03", token=api.token)
        frames = wire.data_frames(answer)
        assert next(frames)["type"] == "connection.established"
        count = 300
        for number in range(count):
            api.create_task(f"task {number}", description="x" * 2000)
        seen = []
        while len(seen) < count:
            event = next(frames)
            seen += [event["seq"]] if event["type"] == "task.created" else []
        assert seen == list(range(1, count + 1))


def test_http_1_0_is_refused_in_the_stream_too(start_server, make_team):
    """An EventSource whose proxy speaks 1.0 comes back later, as any other does."""
    team = make_team(start_server({"BOARDCAST_LIMITS_CONNECTIONS_PER_USER": "1"}))
    token = team.token("ann")
    with Wire(team.server) as first, Wire(team.server) as second:
        assert first_event(first, ask(first, "F3-03", token=token))["type"] == "connection.established"
        answer = ask(second, "F3-03", token=token)
        assert answer.status == 200 and answer.header("Transfer-Encoding") is None
        lines = list(second.lines(answer))
        assert lines[0].startswith(b"retry: ") and b'"limit_reached"' in lines[1] and lines[2:] in ([b""], [b"", b""])


def test_http_1_0_streams_end_when_the_server_does(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_SERVER_DRAIN_SECONDS": "1"}))
    with Wire(team.server) as wire:
        answer = ask(wire, "F3-03", token=team.token())
        frames = wire.data_frames(answer)
        assert next(frames)["type"] == "connection.established"
        team.server.terminate()
        assert [event["reason"] for event in frames if event["type"] == "stream.closing"] == ["server_draining"]


def test_curl_speaking_http_1_0_reads_on(team):
    curl = subprocess.Popen(
        ["curl", "-sN", "--http1.0", "-H", f"Authorization: Bearer {team.token()}", f"{team.server.url}/sse/connect"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert curl.stdout.readline().startswith(b"retry:")
        task = team.api("ben").create_task("Heard")
        for line in curl.stdout:
            if b'"task.created"' in line:
                assert json.loads(line.removeprefix(b"data:"))["task"] == task
                break
    finally:
        curl.kill()
        curl.communicate()


def test_a_websocket_still_needs_http_1_1(team):
    with Wire(team.server) as wire:
        lines = ["GET /ws/connect HTTP/1.0", "Host: x", *(f"{name}: {value}" for name, value in HANDSHAKE)]
        wire.send("\r\n".join(lines).encode() + b"\r\n\r\n")
        assert wire.head().status == 505


def test_http_1_0_gets_no_chunks_from_calls_either(team):
    api = team.api("ann")
    api.create_task("a")
    for path in ("/api/tasks", "/api/boards/main/export", "/api/events", "/"):
        with Wire(team.server) as wire:
            wire.send(f"GET {path} HTTP/1.0\r\nAuthorization: Bearer {api.token}\r\n\r\n".encode())
            received = b""
            while data := wire.socket.recv(65536):
                received += data
            head = received.partition(b"\r\n\r\n")[0].lower()
            assert b" 200 " in head and b"transfer-encoding" not in head, path


# The end of a connection


def test_what_follows_connection_close_gets_no_answer(team):
    token = team.token()

    def request(method, path, *fields):
        lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", *fields]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    for path in ("/api/tasks", "/nothing", "/sse/connect?x=1"):
        last = request("GET", path, "Connection: close")
        for second in (request("GET", "/api/tasks"), request("GET", "/sse/connect"), request("DELETE", "/api/tasks/1"),
                       b"garbage\r\n\r\n"):
            assert len(statuses(team.server, last + second)) == 1, (path, second)
    first = request("GET", "/healthz")
    assert statuses(team.server, first + request("GET", "/api/tasks", "Connection: close") + first) == [200, 200]


def test_what_follows_a_write_with_connection_close_is_not_done(team):
    api = team.api("ann")

    def write(name, *fields):
        body = json.dumps({"name": name})
        lines = ["POST /api/tasks HTTP/1.1", "Host: x", f"Authorization: Bearer {api.token}",
                 "Content-Type: application/json", f"Content-Length: {len(body)}", *fields]
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    assert statuses(team.server, write("a", "Connection: close") + write("b")) == [201]
    api.create_task("fence")
    assert [task["name"] for task in api.tasks()] == ["a", "fence"]


# Expect: 100-continue


def test_a_body_that_is_held_back_is_asked_for(team):
    api = team.api("ann")
    with Wire(team.server) as wire:
        answer = ask(wire, "F3-09", token=api.token)
        assert answer.status == 100 and answer.headers == []
        wire.send(b"Name\nA\n")
        assert wire.response().status == 202
        wire.request("GET", "/healthz")
        assert wire.response().status == 200, "the connection goes on"
    eventually(lambda: [task["name"] for task in api.tasks()] == ["A"], "the import is done")


@pytest.mark.parametrize("path, token, status", [
    ("/api/tasks", None, 401), ("/api/tasks", "x", 401), ("/api/nothing", "good", 404), ("/api/tasks?x=1", "good", 400),
    ("/api/boards", "good", 403),
])
def test_a_refusal_comes_before_the_body_and_ends_the_connection(team, path, token, status):
    """Nothing that follows may be taken for the next request: it is the body, or it is not."""
    token = team.token() if token == "good" else token
    with Wire(team.server) as wire:
        fields = [("Content-Type", "application/json"), ("Expect", "100-continue"), ("Content-Length", "40")]
        wire.request("POST", path, token, fields)
        answer = wire.response()
        assert answer.status == status
        assert answer.header("Connection") == "close"
        wire.send(b"GET /healthz HTTP/1.1\r\nHost: smuggled\r\n\r\n")
        assert wire.ended()


def test_what_is_too_long_is_refused_before_it_is_sent(team):
    with Wire(team.server) as wire:
        wire.request("POST", "/api/tasks", team.token(), [("Expect", "100-continue"), ("Content-Length", "99999999")])
        assert wire.response().status == 413
        assert wire.ended()


def test_who_does_not_wait_is_not_told_to_go_on(team):
    with Wire(team.server) as wire:
        wire.request("POST", "/api/tasks", team.token(), [("Expect", "100-continue")], b'{"name":"sent at once"}')
        status = wire.head().status
        assert (wire.head().status if status == 100 else status) == 201
    with Wire(team.server) as wire:
        wire.request("GET", "/api/tasks", team.token(), [("Expect", "100-continue")])
        assert wire.response().status == 200, "there is no body to wait for"
    with Wire(team.server) as wire:
        wire.send(f"POST /api/tasks HTTP/1.0\r\nAuthorization: Bearer {team.token()}\r\nExpect: 100-continue\r\n"
                  "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n".encode() + b'{"name":"x"}')
        assert wire.head().status == 201, "HTTP/1.0 knows no 100"


def test_a_stream_with_a_body_that_is_held_back_opens(team):
    with Wire(team.server) as wire:
        wire.request("GET", "/sse/connect", team.token(), [("Expect", "100-continue"), ("Content-Length", "2")])
        assert wire.head().status == 100
        wire.send(b"{}")
        assert wire.head().status == 200


# Cookies


@pytest.mark.parametrize("name", ["F3-10", "F3-10m", "F3-10n"])
def test_the_session_is_found_among_other_applications_cookies(team, name):
    with Wire(team.server) as wire:
        assert first_event(wire, ask(wire, name, token=team.token()))["userId"] == "ann"


@pytest.mark.parametrize("others", [
    'a={"b":1,"c":"d e"}; {}', "{}; consent", "{}; a=1,2,3;b", "a= b ;{}", "ü=ä; {}; x", "{};", "; {}", "{}; =x", "a=a=a; {}",
    'a="x y"; {}; b="', "xboardcast_session=evil; {}; boardcast_session2=x",
])
def test_only_our_own_part_of_a_cookie_header_is_judged(team, others):
    value = others.replace("{}", f"boardcast_session={team.token()}")
    for path in ("/api/tasks", "/sse/connect"):
        with Wire(team.server) as wire:
            wire.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {value}\r\n\r\n".encode())
            assert wire.head().status == 200, path


def test_a_cookie_in_a_field_of_its_own_is_found(team):
    for path in ("/api/tasks", "/sse/connect"):
        with Wire(team.server) as wire:
            wire.request("GET", path, headers=[("Cookie", "a={1}"), ("Cookie", f"boardcast_session={team.token()}")])
            assert wire.head().status == 200


@pytest.mark.parametrize("value", [
    "{0}; {0}", "{0}; x; {0}", "boardcast_session; x", "boardcast_session =TOKEN", "boardcast_session= TOKEN",
    "boardcast_session=TOKEN x", 'boardcast_session="TOKEN', "boardcast_session=TOKEN,x", "boardcast_session=; {0}",
])
def test_two_of_ours_or_one_that_is_not_clear_are_refused(team, value):
    own = f"boardcast_session={team.token()}"
    value = value.format(own).replace("TOKEN", team.token())
    for path in ("/api/tasks", "/sse/connect"):
        with Wire(team.server) as wire:
            wire.request("GET", path, headers=[("Cookie", value)])
            assert wire.response().status == 401
    with Wire(team.server) as wire:
        wire.request("GET", "/api/tasks", headers=[("Cookie", own), ("Cookie", own)])
        assert wire.response().status == 401


# Origins


ASKED = {"authorization", "cache-control", "x-requested-with", "traceparent", "tracestate", "baggage", "sentry-trace",
         "last-event-id", "content-type"}


def allowed(answer):
    return {name.strip().lower() for name in (answer.header("Access-Control-Allow-Headers") or "").split(",")}


def test_a_preflight_allows_what_libraries_add(open_team):
    with Wire(open_team.server) as wire:
        sent = request_of("F3-11", host=wire.host).replace(b"https://app.example.com", ORIGIN.encode())
        sent = sent.replace(b"x-requested-with", b"x-requested-with,x-datadog-trace-id")
        wire.send(sent)
        answer = wire.response()
        assert answer.status == 204 and answer.header("Access-Control-Allow-Origin") == ORIGIN
        assert ASKED | {"x-datadog-trace-id"} <= allowed(answer)
        wire.send(sent.replace(ORIGIN.encode(), b"https://evil.example"))
        answer = wire.response()
        assert answer.header("Access-Control-Allow-Origin") is None and allowed(answer) == {""}


APPS = [*json.loads(text_of("F3-12.json")), "tauri://localhost", "ionic://localhost", "app://obsidian.md", "file://", "null",
        "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb", "moz-extension://6f7b1f4e-32dc-4e0b-b0a3-7f1f5f2b1b7e"]


@pytest.fixture(scope="module")
def app_server(start_for_module):
    return start_for_module({"BOARDCAST_HTTP_CORS_ORIGINS": ",".join(APPS)})


@pytest.mark.parametrize("origin", APPS)
def test_an_application_that_is_listed_may(app_server, origin):
    token = tokens.mint()
    answer = Api(app_server.url, token).get("/api/tasks", headers={"Origin": origin})
    assert answer.headers["access-control-allow-origin"] == origin
    stream = Stream(app_server.url + "/sse/connect", headers={"Origin": origin, **cookie(token)})
    assert stream.response.headers["access-control-allow-origin"] == origin
    stream.close()
    socket_ = WebSocket(app_server, {"Authorization": f"Bearer {token}"}, origin=origin)
    assert socket_.established
    socket_.close()


def test_an_empty_origin_is_the_one_of_pages_without_any(app_server, open_team):
    token = tokens.mint()
    headers = {"Origin": ""}
    answer = Api(app_server.url, token).get("/api/tasks", headers=headers)
    assert answer.headers["access-control-allow-origin"] == "null"
    stream = Stream(app_server.url + "/sse/connect", headers={**headers, **cookie(token)})
    assert stream.response.headers["access-control-allow-origin"] == "null"
    stream.close()
    socket_ = WebSocket(app_server, {"Authorization": f"Bearer {token}", **headers})
    assert socket_.established
    socket_.close()
    assert refusal(open_team.server, {"Authorization": f"Bearer {token}", **headers}).status_code == 403
    problem(Api(open_team.server.url).get("/api/tasks", headers={**headers, **cookie(token)}), 401)


@pytest.mark.parametrize("origin", [*APPS, "capacitor://evil"])
def test_an_application_that_is_not_listed_may_not(open_team, origin):
    token = tokens.mint()
    answer = Api(open_team.server.url, token).get("/api/tasks", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers
    assert refusal(open_team.server, {"Authorization": f"Bearer {token}"}, origin=origin).status_code == 403
    problem(Api(open_team.server.url).get("/api/tasks", headers={"Origin": origin, **cookie(token)}), 401)


@pytest.mark.parametrize("origin", ["*", "capacitor://*", "capacitor://", "capacitor:localhost", "://x", "file:///", "NULL",
                                    "javascript://x", "https://x/", "Capacitor://localhost", "capacitor://u@localhost"])
def test_what_is_no_origin_is_refused_at_the_start(start_server, origin):
    with pytest.raises(StartFailed):
        start_server({"BOARDCAST_HTTP_CORS_ORIGINS": origin})


# WebSockets


def test_a_token_in_the_subprotocols_is_read_and_bearer_selected(team):
    with Wire(team.server) as wire:
        answer = ask(wire, "F4-02", token=team.token())
        assert answer.status == 101 and answer.header("Sec-WebSocket-Protocol") == "bearer"


def test_a_client_library_that_offers_subprotocols_is_content(team):
    url = f"ws://{team.server.host}:{team.server.port}/ws/connect"
    with connect(url, subprotocols=["bearer", team.token("eve")], proxy=None) as connection:
        assert connection.subprotocol == "bearer"
        assert json.loads(connection.recv(DEADLINE))["userId"] == "eve"
    with connect(url, subprotocols=["bearer"], proxy=None) as connection:
        assert connection.subprotocol == "bearer"
        connection.send(json.dumps({"type": "auth", "token": team.token("ann")}))
        assert json.loads(connection.recv(DEADLINE))["userId"] == "ann"


@pytest.mark.parametrize("offer, status", [
    ("bearer, x", 401), ("bearer, x.y.z", 401), ("bearer, TOKEN, bearer, TOKEN", 401), ("Bearer, TOKEN", 101),
    ("graphql-ws, TOKEN", 101),
])
def test_a_subprotocol_that_is_no_good_token_opens_nothing(team, offer, status):
    """One that is no `bearer` is not looked into: such a client still has to say who it is."""
    with Wire(team.server) as wire:
        wire.request("GET", "/ws/connect", headers=[
            *HANDSHAKE, ("Sec-WebSocket-Protocol", offer.replace("TOKEN", team.token()))])
        answer = wire.head()
        assert answer.status == status and answer.header("Sec-WebSocket-Protocol") is None
    assert team.admin().stats()["totalConnections"] == 0


def test_subprotocols_are_for_websockets_alone(team):
    for path in ("/api/tasks", "/sse/connect"):
        with Wire(team.server) as wire:
            wire.request("GET", path, headers=[("Sec-WebSocket-Protocol", f"bearer, {team.token()}")])
            assert wire.response().status == 401


def test_a_header_wins_over_a_subprotocol_and_that_over_the_query(team):
    url = f"ws://{team.server.host}:{team.server.port}/ws/connect?token={team.token('query')}"
    offer = ["bearer", team.token("offer")]
    with connect(url, subprotocols=offer, proxy=None) as connection:
        assert json.loads(connection.recv(DEADLINE))["userId"] == "offer"
    headers = {"Authorization": f"Bearer {team.token('header')}"}
    with connect(url, subprotocols=offer, additional_headers=headers, proxy=None) as connection:
        assert json.loads(connection.recv(DEADLINE))["userId"] == "header"


def test_answers_carry_the_commands_ids(team):
    socket_ = team.socket("ann")

    def answer(type, id):
        return socket_.wait_until(
            lambda: [event for event in socket_.of_type(type) if event.data.get("id") == id], f"{type} {id}")[0]

    socket_.say("ping", id=1)
    assert answer("pong", 1)
    socket_.say("ping", id="a-7")
    assert answer("pong", "a-7")
    socket_.say("subscribe", boards=["main"], id=2)
    assert answer("subscribed", 2)
    socket_.say("unsubscribe", boards=["main"], id=3)
    assert answer("subscribed", 3)
    socket_.say("auth", token=team.token("ann"), id=4)
    assert answer("token.renewed", 4)
    socket_.say("subscribe", boards=["nowhere"], id=5)
    assert answer("error", 5)["status"] == 404
    socket_.say("typing", boardId="main", taskId=99, typing=True, id=6)
    assert answer("error", 6)["status"] == 404
    socket_.say("shout", id=7)
    assert answer("error", 7)["code"] == "invalid_command"
    socket_.say("ping", more=1, id=8)
    assert answer("error", 8)["code"] == "invalid_command"


@pytest.mark.parametrize("id", [1.5, True, [], {}, "x" * 129])
def test_an_id_that_can_not_be_given_back_is_refused(team, id):
    socket_ = team.socket("ann")
    socket_.say("ping", id=id)
    error = socket_.wait_for_type("error")
    assert error["code"] == "invalid_command" and "id" not in error.data


def test_without_an_id_there_is_none(team):
    socket_ = team.socket("ann")
    socket_.say("ping")
    assert "id" not in socket_.wait_for_type("pong").data
