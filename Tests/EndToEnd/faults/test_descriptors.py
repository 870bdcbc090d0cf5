"""A process without descriptors: who is here stays, and who knocks comes in later."""

import socket
import time

from rest import Api, ok
from scale import report
from waiting import DEADLINE, eventually
from wire import Wire


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
        api.create_task(f"meanwhile {count}")
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
