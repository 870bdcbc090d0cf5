"""HTTP/2, frame by frame: streams that share a connection, and clients that abuse one."""

import json
import socket
import ssl

import httpx
import pytest

from proxies import make_certificate
from rest import Api, ok
from shared_connection import Ended, SharedConnection
from waiting import DEADLINE, eventually


@pytest.fixture(scope="module")
def secure(tmp_path_factory, start_for_module):
    certificate = make_certificate(tmp_path_factory.mktemp("pem"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(certificate[0]))
        yield start_for_module({
            "BOARDCAST_HTTP_TLS_CERTIFICATE_FILE": str(certificate[0]), "BOARDCAST_HTTP_TLS_KEY_FILE": str(certificate[1])})


@pytest.fixture
def team(secure, make_team):
    return make_team(secure)


@pytest.fixture
def shared(secure):
    with SharedConnection(secure) as connection:
        yield connection


@pytest.fixture
def bystander(team):
    """Another's stream and calls, which whatever an abuser does must not touch."""
    stream, api = team.stream("bystander"), team.api("writer")
    yield
    api.create_task("still here")
    stream.wait_for_seq(api.last_seq)
    assert len(stream.of_type("connection.established")) == 1


def test_streams_and_calls_share_a_connection(team, shared):
    token = team.token()
    streams = [shared.request("GET", "/sse/connect", token) for _ in range(30)]
    shared.until(lambda: all(shared.events(number) for number in streams))
    body = json.dumps({"name": "for all"}).encode()
    status, answer = shared.answer(shared.request(
        "POST", "/api/tasks", token, body, [("content-type", "application/json"), ("content-length", str(len(body)))]))
    assert status == 201
    for number in streams:
        shared.until_seq(number, json.loads(answer)["seq"])
    assert team.admin().stats()["totalConnections"] == 30
    shared.h2.reset_stream(streams[0])
    shared.flush()
    eventually(lambda: team.admin().stats()["totalConnections"] == 29, "a stream that is reset has left")
    assert shared.answer(shared.request("GET", "/healthz"))[0] == 200


def test_a_stream_and_a_list_are_asked_for_by_query(team, shared):
    token, api = team.token(), team.api("writer")
    api.create_task("one")
    kind = [("content-type", "application/json")]
    stream = shared.request("QUERY", "/sse/connect", token, b'{"types":"task.created"}', kind)
    shared.until(lambda: shared.events(stream))
    status, answer = shared.answer(shared.request("QUERY", "/api/tasks", token, b'{"q":"one"}', kind))
    assert status == 200 and [task["name"] for task in json.loads(answer)["items"]] == ["one"]
    api.create_task("two")
    shared.until_seq(stream, api.last_seq)


def test_a_stream_that_ends_leaves_the_others(team, shared):
    admin = team.admin()
    first, second = (shared.request("GET", "/sse/connect", team.token(sub)) for sub in ("ann", "ben"))
    shared.until(lambda: shared.events(first) and shared.events(second))
    ok(admin.delete(f"/sse/connections/{shared.events(first)[0]['connectionId']}", params={"reconnect": "false"}))
    shared.until(lambda: first in shared.ended)
    assert shared.events(first)[-1]["type"] == "stream.closing"
    api = team.api()
    api.create_task("for the other")
    shared.until_seq(second, api.last_seq)
    assert second not in shared.ended and not shared.resets


def test_a_reader_without_a_window_catches_up(team, secure, bystander):
    api = team.api("writer")
    with SharedConnection(secure, window=0) as shared:
        number = shared.request("GET", "/sse/connect?types=task.*", team.token())
        shared.until(lambda: number in shared.statuses)
        for count in range(300):
            api.create_task(f"{count}", description="x" * 4000)
        assert not shared.bodies[number]
        shared.h2.increment_flow_control_window(1 << 30, number)
        shared.h2.increment_flow_control_window(1 << 30)
        shared.flush()
        shared.until_seq(number, api.last_seq)
        numbers = [event["seq"] for event in shared.events(number) if "seq" in event]
        assert numbers == list(range(numbers[0], api.last_seq + 1)) and len(numbers) == 300


def test_a_slow_reader_holds_up_no_other_on_its_connection(team, shared):
    api = team.api("writer")
    slow, quick = (shared.request("GET", "/sse/connect?types=task.*", team.token(sub)) for sub in ("slow", "quick"))
    shared.until(lambda: shared.events(slow) and shared.events(quick))
    shared.acknowledges = False
    # The slow one's window is used up; the connection's is given back for both.
    before = shared.h2.receive_data

    def give_back(data):
        events = before(data)
        for event in events:
            length = getattr(event, "flow_controlled_length", 0)
            if length:
                shared.h2.increment_flow_control_window(length)
                if event.stream_id == quick:
                    shared.h2.increment_flow_control_window(length, quick)
        return events

    shared.h2.receive_data = give_back
    for count in range(100):
        api.create_task(f"{count}", description="x" * 4000)
    shared.until_seq(quick, api.last_seq)
    assert not any(event.get("seq") == api.last_seq for event in shared.events(slow))


@pytest.mark.parametrize("fields, status", [
    ([("content-length", "2000000")], 413), ([(":path", "/x")], None), ([("connection", "close")], None),
    ([("te", "gzip")], None), ([("Upper", "case")], None), ([("x-odd", "a\nb")], None), ([("host", "other.example")], None),
])
def test_a_bad_head_ends_its_request_alone(shared, team, bystander, fields, status):
    number = shared.request("POST", "/api/tasks", team.token(), headers=fields, ends=False)
    try:
        shared.until(lambda: number in shared.resets or number in shared.statuses)
        assert shared.statuses.get(number) == status or 400 <= shared.statuses[number] < 500
    except Ended as ended:
        # A head that can't be read at all ends the connection, which is allowed too (RFC 9113 §5.4.1).
        assert status is None, ended


def test_a_body_beyond_the_limit_is_refused(shared, team, bystander):
    number = shared.request("POST", "/api/tasks", team.token(), headers=[("content-type", "application/json")], ends=False)
    sent = 0
    while number not in shared.statuses and number not in shared.resets:
        room = min(shared.h2.local_flow_control_window(number), 16_384)
        if room and sent < 2 << 20:
            shared.h2.send_data(number, b"x" * room)
            shared.flush()
            sent += room
        else:
            shared.read()
        shared.socket.setblocking(False)
        try:
            while number not in shared.statuses:
                shared.read()
        except (ssl.SSLWantReadError, BlockingIOError):
            pass
        finally:
            shared.socket.settimeout(DEADLINE)
    assert shared.statuses[number] == 413
    assert shared.answer(shared.request("GET", "/healthz"))[0] == 200


@pytest.fixture
def narrow(tmp_path, start_server, monkeypatch):
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return start_server({
        "BOARDCAST_HTTP_TLS_CERTIFICATE_FILE": str(certificate[0]), "BOARDCAST_HTTP_TLS_KEY_FILE": str(certificate[1]),
        "BOARDCAST_LIMITS_REQUEST_CONNECTIONS": "16"})


def test_requests_that_share_a_connection_are_bounded_over_all(narrow, make_team):
    team = make_team(narrow)
    stream = team.stream("bystander")
    with SharedConnection(narrow) as shared:
        fields = [("content-type", "application/json")]
        open_ones = [shared.request("POST", "/api/tasks", team.token(), headers=fields, ends=False) for _ in range(60)]
        shared.until(lambda: len(shared.resets) >= 60 - 16)
        assert set(shared.resets.values()) == {7}, "REFUSED_STREAM: nothing of them was looked at"
        assert len(set(open_ones) - set(shared.resets)) >= 8
        # Those that pause give way to whoever comes.
        ok(httpx.get(narrow.url + "/healthz", timeout=DEADLINE))
        api = team.api("writer")
        api.create_task("through the crowd")
        stream.wait_for_seq(api.last_seq)
    ok(httpx.get(narrow.url + "/healthz", timeout=DEADLINE))


def test_connections_that_carry_streams_are_no_requests(narrow, make_team):
    team = make_team(narrow)
    connections = []
    for _ in range(40):
        connections.append(connection := SharedConnection(narrow))
        number = connection.request("GET", "/sse/connect", team.token())
        connection.until(lambda: connection.events(number))
    api = team.api("writer")
    api.create_task("for all of them")
    for connection in connections:
        connection.until_seq(1, api.last_seq)
        connection.close()
    eventually(lambda: team.admin().stats()["totalConnections"] == 0, "all of them have left")


def test_a_websocket_is_not_asked_for_here(shared, team):
    status, body = shared.answer(shared.request("GET", "/ws/connect", team.token()))
    assert status == 505 and "HTTP/1.1" in json.loads(body)["detail"]


# Abuse: each of these ends the abuser's connection, and touches nobody else.


def many(connection, frame, count=200_000):
    """Sends until the server has enough."""
    try:
        for _ in range(count // 100):
            connection.raw(frame * 100)
    except (ConnectionError, ssl.SSLError):
        pass


def frame(kind, flags=0, stream=0, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


@pytest.mark.parametrize("data", [
    frame(4), frame(6, payload=b"12345678"), frame(2, stream=1, payload=b"\0\0\0\0\1"),
], ids=["settings", "pings", "priorities"])
def test_a_flood_of_control_frames_is_ended(shared, bystander, secure, data):
    many(shared, data)
    shared.until_ended()
    with SharedConnection(secure) as another:
        assert another.answer(another.request("GET", "/healthz"))[0] == 200


def test_a_client_that_only_widens_windows_is_ended_for_its_rest(shared, bystander):
    """Nothing is answered to it, so that it costs what it sends; but it asks for nothing, and does not hear of its end."""
    many(shared, frame(8, stream=0, payload=b"\0\0\0\1"), count=20_000)
    shared.drain()


def test_rapid_resets_are_ended(shared, bystander, team):
    """CVE-2023-44487."""
    token = team.token()
    try:
        for _ in range(20_000):
            number = shared.request("GET", "/sse/connect", token)
            shared.h2.reset_stream(number)
            shared.flush()
    except (ConnectionError, ssl.SSLError):
        pass
    shared.until_ended()
    eventually(lambda: team.admin().stats()["totalConnections"] == 1, "their streams are gone")


def test_continuations_without_an_end_are_ended(shared, bystander):
    """CVE-2024-27316."""
    block = shared.h2.encoder.encode([("x-a", "b" * 100)])
    shared.raw(frame(1, flags=0, stream=1, payload=block))
    many(shared, frame(9, stream=1, payload=block))
    shared.until_ended()


def test_a_head_that_grows_is_refused(shared, bystander, secure):
    """A small block that stands for a large list: the table's entry, named again and again."""
    entry = shared.h2.encoder.encode([("x-large", "a" * 4000)])
    number = shared.h2.get_next_available_stream_id()
    shared.raw(frame(1, flags=5, stream=number, payload=entry + b"\xbe" * 10_000))
    shared.until_ended()


def test_a_window_that_overflows_is_ended(shared, bystander):
    shared.raw(frame(8, payload=(0x7FFFFFFF).to_bytes(4, "big")) * 2)
    shared.until_ended()
    assert shared.goaway == 3, "FLOW_CONTROL_ERROR"


def test_empty_frames_are_ended(shared, bystander, team):
    number = shared.request("POST", "/api/tasks", team.token(), ends=False)
    many(shared, frame(0, stream=number))
    shared.until_ended()


def test_more_requests_at_once_than_may_be_are_refused(shared, bystander, team):
    token = team.token()
    limit = shared.h2.remote_settings.max_concurrent_streams
    shared.until(lambda: shared.h2.remote_settings.max_concurrent_streams < 1000)
    limit = shared.h2.remote_settings.max_concurrent_streams
    streams = [shared.request("GET", "/sse/connect", token) for _ in range(min(limit, 60))]
    shared.until(lambda: all(number in shared.statuses for number in streams))
    assert {shared.statuses[number] for number in streams} == {200}
    # A user's own limit holds over all of a connection's streams.
    over = [shared.request("GET", "/sse/connect", token) for _ in range(10)]
    shared.until(lambda: all(number in shared.ended for number in over[-4:]))
    assert shared.events(over[-1])[-1]["reason"] == "limit_reached"


def test_what_is_no_frame_is_ended(secure, bystander):
    for data in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\0" * 1000, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 1000):
        context = ssl.create_default_context()
        context.set_alpn_protocols(["h2"])
        with context.wrap_socket(
                socket.create_connection((secure.host, secure.port), timeout=DEADLINE), server_hostname=secure.host) as raw:
            raw.sendall(data)
            while raw.recv(65_536):
                pass


def test_a_drain_tells_each_stream_and_then_the_connection(tmp_path, start_server, make_team, monkeypatch):
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    server = start_server({
        "BOARDCAST_HTTP_TLS_CERTIFICATE_FILE": str(certificate[0]), "BOARDCAST_HTTP_TLS_KEY_FILE": str(certificate[1]),
        "BOARDCAST_SERVER_DRAIN_SECONDS": "2"})
    team = make_team(server)
    with SharedConnection(server) as shared:
        streams = [shared.request("GET", "/sse/connect", team.token()) for _ in range(5)]
        shared.until(lambda: all(shared.events(number) for number in streams))
        server.terminate()
        shared.until_ended()
        for number in streams:
            last = shared.events(number)[-1]
            assert (last["type"], last["reason"]) == ("stream.closing", "server_draining")
            assert number in shared.ended
        assert shared.goaway == 0
    assert server.process.wait(DEADLINE) == 0
