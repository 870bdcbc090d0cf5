"""`GET /ws/connect`: the same events as a stream."""

import threading

import pytest

from board_model import assert_dense
from rest import TIMESTAMP
from sse import CURSOR, seq_of
from waiting import DEADLINE
from ws import WebSocket


def cursor_after(socket, event):
    """The cursor behind an event: said with it, or its number in the life that the first event names."""
    said = event.data.get("cursor") or event.data.get("id")
    return said or f"{event.seq}-{socket.established['cursor'].partition('-')[2]}"


def same(event, told):
    """A text frame holds a stream's object; it may say beside it where to go on."""
    extra = set(event.data) - set(told.data)
    assert {name: value for name, value in event.data.items() if name not in extra} == told.data
    assert extra <= {"cursor", "id"}, extra


def test_the_first_object_is_connection_established(team):
    head = team.api().head()
    first = team.socket("ann").events[0]
    assert first.type == "connection.established"
    assert first["userId"] == "ann" and first["tenant"] == team.tenant and first["boards"] == ["main"]
    assert first["connectionId"] and CURSOR.match(first["cursor"]) and first["cursor"] == head
    assert first["behind"] == 0 and type(first["recovered"]) is bool and first["heartbeatSeconds"] > 0
    assert TIMESTAMP.match(first["timestamp"])


def test_events_are_the_objects_of_a_stream(team):
    socket, stream = team.socket("ann"), team.stream("ann")
    api = team.api("ben")
    task = api.create_task("one")
    api.patch_task(task["id"], {"name": "two", "status": "done"})
    api.delete_task(task["id"])
    team.admin().create_board("side")
    team.fence(socket, stream)
    assert len(stream.durable()) == 6
    for event, told in zip(socket.durable(), stream.durable(), strict=True):
        same(event, told)


def test_types_and_board_choose_as_for_a_stream(team):
    team.admin().create_board("side")
    socket = team.socket("ann", board="side", types="task.created,test.*")
    api = team.api("ben")
    api.create_task("elsewhere")
    task = api.create_task("here", boardId="side")
    api.patch_task(task["id"], {"name": "changed"})
    team.fence(socket)
    assert [event.type for event in socket.durable()] == ["task.created", "test.fence"]


def test_a_snapshot_comes_second_when_asked_for(team):
    api = team.api("ann")
    task = api.create_task("there before")
    socket = team.socket("ann", snapshot="1")
    init = socket.wait_for_type("init")
    assert socket.events[1] is init
    assert init["tasks"] == [task] and init["count"] == 1 and init["boards"][0]["id"] == "main"
    assert init["cursor"] == api.head()


def test_since_resumes(team):
    api = team.api("ann")
    start = api.head()
    for i in range(20):
        api.create_task(f"task {i}")
    socket = team.socket("ann", since=start)
    socket.wait_for_seq(api.last_seq)
    assert socket.established["recovered"] is True and socket.established["behind"] == 20
    assert_dense([event.seq for event in socket.durable()], seq_of(start) + 1)
    assert len(socket.durable()) == 20


def test_a_reader_that_returns_with_its_cursor_misses_nothing(team):
    api = team.api("ann")
    socket = team.socket("ben")
    api.create_task("seen")
    cursor = cursor_after(socket, socket.wait_for_seq(api.last_seq))
    socket.close()
    api.create_task("missed")
    again = team.socket("ben", since=cursor)
    again.wait_for_seq(api.last_seq)
    assert [event["task"]["name"] for event in again.durable()] == ["missed"]


@pytest.mark.parametrize("cursor, reason", [
    ("nonsense", "cursor_malformed"), ("1-00000000", "epoch_changed"), ("ahead", "cursor_ahead"),
])
def test_a_cursor_that_cannot_be_honoured_is_told_in_the_stream(team, cursor, reason):
    api = team.api("ann")
    api.create_task("one")
    if cursor == "ahead":
        cursor = f"999999-{api.head().partition('-')[2]}"
    socket = team.socket("ann", since=cursor)
    resync = socket.wait_for_type("stream.resync")
    assert resync["reason"] == reason and resync["cursor"] == api.head() and resync["snapshot"]
    api.create_task("live from the head")
    socket.wait_for_seq(api.last_seq)
    assert len(socket.durable()) == 1


def test_order_and_completeness_beside_a_stream_while_writes_go_on(team):
    start = team.api().head()
    stop, failures = threading.Event(), []

    def write(name):
        api = team.api(name)
        try:
            task = api.create_task(name)
            for i in range(100):
                api.patch_task(task["id"], {"name": f"{name} {i}", "status": ("done", "review")[i % 2]})
        except Exception as error:
            failures.append(error)

    def come_and_go(seen):
        cursor = start
        try:
            while True:
                last = stop.is_set()
                socket = WebSocket(team.server, {"Authorization": f"Bearer {team.token('guest')}"}, {"since": cursor})
                with socket:
                    assert socket.established["recovered"] is True
                    if last and socket.established["behind"]:
                        socket.wait_for_seq(head)
                    elif socket.established["behind"]:
                        socket.wait_for(lambda event: event.seq is not None)
                seen += [event.seq for event in socket.durable()]
                if socket.durable():
                    cursor = cursor_after(socket, socket.durable()[-1])
                if last:
                    return
        except Exception as error:
            failures.append(error)

    readers = [team.stream("sse"), team.socket("ws"), team.socket("ws")]
    seen = []
    guest = threading.Thread(target=come_and_go, args=(seen,))
    writers = [threading.Thread(target=write, args=(f"writer{i}",)) for i in range(3)]
    for thread in [guest, *writers]:
        thread.start()
    for writer in writers:
        writer.join()
    head = seq_of(team.api().head())
    stop.set()
    guest.join(DEADLINE)
    assert failures == [] and not guest.is_alive()
    for reader in readers:
        reader.wait_for_seq(head)
        assert_dense([event.seq for event in reader.durable()], seq_of(start) + 1)
        assert reader.durable()[-1].seq == head
    assert_dense(seen, seq_of(start) + 1)
    assert seen[-1] == head
