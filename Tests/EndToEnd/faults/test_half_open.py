"""Peers that half-close or reset a connection: they are answered or cut off, and leave nothing."""

import re
import socket

import pytest

from rest import ok
from scale import count, scale
from waiting import eventually
from wire import Wire


def open_stream(server, token):
    wire = Wire(server)
    wire.request("GET", "/sse/connect", token)
    frames = wire.data_frames(wire.head())
    assert next(frames)["type"] == "connection.established"
    return wire, frames


#: Rounds of connections that are reset.
ROUNDS = scale(3, 30)


@pytest.mark.parametrize("calls", [1, 5])
def test_a_peer_that_has_said_all_is_answered_or_cut_off(team, calls):
    with Wire(team.server) as wire:
        for _ in range(calls):
            wire.request("GET", "/api/tasks", team.token())
        wire.socket.shutdown(socket.SHUT_WR)
        everything = wire._reader.read()
        assert everything.count(b"HTTP/1.1 200 ") in range(calls + 1)
        assert everything == b"" or everything.endswith(b"]}") or everything.endswith(b"}")


def test_a_body_that_is_half_closed_is_not_acted_on(team):
    for headers, body in (
        ([("Content-Length", "500")], b'{"name":"x"}'),
        ([("Transfer-Encoding", "chunked")], b'c\r\n{"name":"x"}\r\n'),
        ([("Transfer-Encoding", "chunked")], b'c\r\n{"name":"x"}\r\n0\r\n'),
    ):
        with Wire(team.server) as wire:
            wire.request("POST", "/api/tasks", team.token(), [("Content-Type", "application/json"), *headers])
            wire.send(body)
            wire.socket.shutdown(socket.SHUT_WR)
            answer = wire._reader.read()
            assert not answer or re.match(rb"HTTP/1\.1 [45]", answer), answer[:200]
    assert team.api("ann").tasks() == []


def test_half_closed_streams_all_leave(team):
    admin = team.admin()
    wires = [open_stream(team.server, team.token(f"user{i % 5}"))[0] for i in range(50)]
    assert admin.stats()["totalConnections"] == 50
    for wire in wires:
        wire.socket.shutdown(socket.SHUT_WR)
    eventually(lambda: admin.stats()["totalConnections"] == 0, "all half-closed streams left")
    count(half_closed=len(wires))
    for wire in wires:
        wire.close()


def test_resets_in_mid_stream_harm_nobody(team):
    admin = team.admin()
    watcher = team.stream("watcher")
    api = team.api("writer")
    api.create_task("before")
    assert admin.stats()["totalConnections"] == 1
    before = team.server.descriptors()
    for round in range(ROUNDS):
        wires = [open_stream(team.server, team.token(f"user{i % 5}"))[0] for i in range(40)]
        for i, wire in enumerate(wires):
            if i % 4 == 0:
                api.create_task(f"round {round}", description="d" * 2000)
            wire.reset()
    watcher.wait_for_seq(api.last_seq)
    assert len(watcher.durable()) == 1 + 10 * ROUNDS
    eventually(lambda: admin.stats()["totalConnections"] == 1, "all reset streams left")
    eventually(lambda: team.server.descriptors() <= before + 2, "their descriptors are free")
    count(reset=40 * ROUNDS, still_there=0, events_of_the_watcher=1 + 10 * ROUNDS, lost=0)


def test_requests_that_are_reset_while_answered_harm_nobody(team):
    api = team.api("writer")
    for i in range(30):
        api.create_task(f"task {i}", description="d" * 4000)
    for _ in range(20 * ROUNDS):
        wire = Wire(team.server, receive_buffer=4096)
        for _ in range(4):
            wire.request("GET", "/api/tasks?limit=100", team.token())
        wire.reset()
    ok(api.get("/api/tasks"))
    count(reset=20 * ROUNDS)
