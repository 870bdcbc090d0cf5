"""A process without descriptors: who is here stays, and who knocks comes in later."""

import json
import select
import socket
import threading
import time

import httpx
import pytest

from rest import Api, ok
from scale import report
from waiting import DEADLINE, eventually
from wire import Wire


def write(api, name):
    """Makes a task. A connection that gave way while the request was on its way has not carried it out."""
    try:
        api.create_task(name)
    except httpx.RemoteProtocolError:
        api.create_task(name)


def test_without_descriptors_the_old_stay_and_the_new_come_later(start_server, make_team):
    server = start_server(open_files=128)
    team = make_team(server)
    api, admin = team.api("writer"), team.admin()
    api.create_task("first")
    admin.stats()
    streams, waiting = [], []
    while not waiting:
        assert len(streams) < 200, "128 descriptors were enough for 200 streams"
        wire = Wire(server)
        wire.socket.settimeout(3)
        try:
            wire.request("GET", "/sse/connect", team.token(f"user{len(streams) % 10}"))
            answer = wire.head()
            frames = wire.data_frames(answer)
            first = next(frames)
        except (TimeoutError, AssertionError, ConnectionResetError, BrokenPipeError):
            # Not accepted yet, or hung up on: both are fair.
            waiting.append(wire)
            continue
        if answer.status == 200 and first["type"] == "connection.established":
            wire.socket.settimeout(DEADLINE)
            streams.append((wire, frames))
        else:
            waiting.append(wire)
    assert len(streams) >= 30

    # Those who are here are served as before, while others knock.
    for _ in range(20):
        wire = socket.socket()
        wire.setblocking(False)
        wire.connect_ex((server.host, server.port))
        waiting.append(wire)
    before, began = server.cpu_seconds(), time.monotonic()
    count = 0
    while time.monotonic() - began < 3:
        write(api, f"meanwhile {count}")
        count += 1
        for _, frames in streams:
            assert next(event for event in frames if "seq" in event)["seq"] == api.last_seq
        time.sleep(0.2)
    share = (server.cpu_seconds() - before) / (time.monotonic() - began)
    assert share < 0.5, f"it spins: {share:.0%} of a core"
    assert admin.stats()["totalConnections"] >= len(streams)

    # And when some leave, new ones come in.
    for wire in waiting:
        wire.close()
    for wire, _ in streams[:20]:
        wire.close()
    for i in range(10):
        assert team.stream(f"late{i}").established
    ok(Api(server.url).get("/healthz"))
    for wire, _ in streams[20:]:
        wire.close()
    eventually(lambda: admin.stats()["totalConnections"] == 10, "the late ones are left")
    server.stop()
    report(
        descriptors=128, streams=len(streams), that_knocked=len(waiting), processor_share=round(share, 2),
        events_to_each=count, lost=0)


def idle(server, count, first=b""):
    """Connections that send no whole request."""
    connections = []
    for _ in range(count):
        connection = socket.socket()
        connection.settimeout(DEADLINE)
        connection.connect((server.host, server.port))
        connection.sendall(first)
        connections.append(connection)
    return connections


def probe(server, path="/healthz"):
    """A health check by a connection of its own; returns its seconds."""
    began = time.monotonic()
    api = Api(server.url)
    ok(api.get(path))
    api.close()
    return time.monotonic() - began


@pytest.mark.parametrize("first", [b"", b"GET /heal", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"],
                         ids=["silent", "part of a head", "kept alive"])
def test_idle_connections_never_delay_a_probe(start_server, make_team, first):
    server = start_server(open_files=256)
    team = make_team(server)
    stream = team.stream("follower")
    connections = idle(server, 240, first)
    for path in ["/healthz", "/readyz"] * 5:
        assert probe(server, path) < 1
    # Who follows, and who works, is not cut for it.
    api = team.api("writer")
    api.create_task("through the crowd")
    stream.wait_for_seq(api.last_seq)
    connections += idle(server, 60, first)
    assert probe(server) < 1
    for connection in connections:
        connection.close()


def test_bodies_that_pause_give_way_when_nobody_is_idle(start_server, make_team):
    server = start_server({"BOARDCAST_LIMITS_REQUEST_CONNECTIONS": "16"})
    token = make_team(server).token("ann")
    part = (f"POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: 90\r\n\r\n{").encode()
    connections = idle(server, 16, part)
    probe(server)
    # One is closed for the probe, and not after ten seconds with 408; or one on each loop.
    closed, _, _ = select.select(connections, [], [], DEADLINE)
    assert {connection.recv(100) for connection in closed} == {b""}
    assert len(closed) <= 4
    for connection in connections:
        connection.close()


def test_a_request_that_is_being_answered_gives_way_to_nobody(start_server, make_team):
    server = start_server(open_files=256)
    api = make_team(server).api("ann")
    body = json.dumps({"name": "slow"}).encode()
    slow = Wire(server)
    slow.send(f"POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.token}\r\n"
              f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:5])
    polled, query = [], {"wait": 30, "since": api.head()}
    poll = threading.Thread(
        target=lambda: polled.append(ok(Api(server.url, api.token).get("/api/events", params=query)).json()))
    poll.start()
    connections = idle(server, 300)
    assert probe(server) < 1
    slow.send(body[5:])
    assert slow.response().status == 201
    poll.join(DEADLINE)
    assert polled[0]["events"][0]["task"]["name"] == "slow", "the poll was answered"
    for connection in connections:
        connection.close()
