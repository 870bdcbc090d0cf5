"""The operators' listener: metrics and health, while the main one is full and no descriptor is left."""

import resource
import socket
from pathlib import Path

import pytest

from harness import StartFailed
from rest import Api, ok, problem
from waiting import DEADLINE, eventually

PATHS = ["/metrics", "/healthz", "/readyz", "/readyz?verbose"]


def free_port(host="127.0.0.1"):
    with socket.socket() as taken:
        taken.bind((host, 0))
        return taken.getsockname()[1]


def with_operators(start_server, host=None, **options):
    """A server with such a listener, and a client of that."""
    port = free_port(host or "127.0.0.1")
    env = {"BOARDCAST_OPS_PORT": str(port), **({"BOARDCAST_OPS_HOST": host} if host else {})}
    return start_server(env, **options), Api(f"http://{host or '127.0.0.1'}:{port}")


def connect(server, count):
    """Connections that send nothing, as many as the kernel takes for us."""
    connections = []
    for _ in range(count):
        connection = socket.socket()
        connection.settimeout(DEADLINE)
        connection.connect((server.host, server.port))
        connections.append(connection)
    return connections


def take_all_descriptors(server):
    """Makes the process's next descriptor one too many, whatever is open now."""
    used = {int(path.name) for path in Path(f"/proc/{server.process.pid}/fd").iterdir()}
    lowest = next(number for number in range(len(used) + 1) if number not in used)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (lowest, 128))


def test_it_has_three_paths_and_no_other(start_server):
    server, operators = with_operators(start_server)
    for path in PATHS:
        assert ok(operators.get(path), 200).content
        assert not ok(operators.http.head(path), 200).content
        assert problem(operators.post(path, {}), 405)["code"] == "method_not_allowed"
        assert problem(operators.delete(path), 405)
    for path in ("/", "/api/tasks", "/sse/connect", "/metricsx", "/openapi.json", "/admin"):
        assert operators.get(path).status_code == 404, path
    # Whoever may connect may read, through whatever proxy.
    ok(operators.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}), 200)


def test_with_it_the_main_listener_has_no_metrics(start_server):
    server, operators = with_operators(start_server)
    assert problem(Api(server.url).get("/metrics"), 404)["code"] == "not_found"
    for path in PATHS[1:]:
        ok(Api(server.url).get(path), 200)


def test_it_is_where_the_setting_says(start_server):
    server, operators = with_operators(start_server, host="127.0.0.2")
    ok(operators.get("/healthz"), 200)
    port = int(str(operators.http.base_url).rstrip("/").rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)


def test_it_answers_while_the_main_listener_is_full_and_no_descriptor_is_left(start_server, make_team):
    server, operators = with_operators(start_server, open_files=128)
    team = make_team(server)
    streams = []
    connections = []
    for number in range(30):
        streams.append(team.stream(f"user{number}"))
    connections += connect(server, 60)
    for path in PATHS:
        ok(operators.get(path), 200)
    operators.close()
    eventually(lambda: server.descriptors() > 70, "the connections are accepted")
    take_all_descriptors(server)
    # Each by a connection of its own, for which something has to give way.
    for _ in range(5):
        fresh = [Api(str(operators.http.base_url)) for _ in range(4)]
        for client, path in zip(fresh, PATHS):
            ok(client.get(path), 200)
        for client in fresh:
            client.close()
    assert 'boardcast_connections{transport="sse"} 30' in ok(Api(str(operators.http.base_url)).get("/metrics"), 200).text
    for connection in connections:
        connection.close()


def test_who_holds_connections_of_it_keeps_nobody_out(start_server):
    server, operators = with_operators(start_server)
    port = int(str(operators.http.base_url).rstrip("/").rpartition(":")[2])
    before = server.descriptors()
    held = [socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) for _ in range(50)]
    for path in PATHS:
        fresh = Api(str(operators.http.base_url))
        ok(fresh.get(path), 200)
        fresh.close()
    eventually(lambda: server.descriptors() <= before + 16, "the oldest are closed")
    for connection in held:
        connection.close()


def test_readiness_is_told_to_the_end(start_server, make_team):
    server, operators = with_operators(start_server)
    stream = make_team(server).stream()
    server.terminate()
    eventually(lambda: operators.get("/readyz").status_code == 503, "it is told that the server goes down")
    assert server.process.wait(DEADLINE) == 0
    stream.close()


@pytest.mark.parametrize("which", ["taken", "the main one's"])
def test_an_address_that_it_can_not_have_is_no_start(start_server, which):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        args = ["--port", str(port)] if which == "the main one's" else []
        with pytest.raises(StartFailed, match="exit code 2") as failed:
            start_server({"BOARDCAST_OPS_PORT": str(port)}, args=args)
    assert ("Address already in use" if which == "taken" else "needs one of its own") in str(failed.value)
