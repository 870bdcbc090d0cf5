"""`POST /api/publish`: events of one's own, durable and ephemeral, to a board, a user, everyone."""

import pytest

from rest import TIMESTAMP, problem
from sse import seq_of


@pytest.fixture
def service(team):
    return team.api("svc", role="service")


DATA = {
    "text": "Ünïcödé \U0001f388 \"quoted\" \\ /", "nested": {"list": [1, 2.5, -0.125, None, True, {}]},
    "big": 9007199254740991, "empty": "",
}


def test_a_durable_publication_is_numbered_and_replayed(team, service):
    stream = team.stream("ann")
    cursor = stream.established.id
    answer = service.publish("deploy.finished", DATA, boardId="main")
    seq = answer.json()["seq"]
    assert seq == seq_of(cursor) + 1
    event = stream.wait_for_seq(seq)
    assert event.type == "deploy.finished" and event["data"] == DATA
    assert event["boardId"] == "main" and event["actor"] == "svc"
    assert isinstance(event["boardSeq"], int) and TIMESTAMP.match(event["timestamp"])
    frame = next(frame for frame in stream.frames() if frame.json and frame.json.get("seq") == seq)
    assert [name for name, _ in frame.fields] == ["id", "data"] and seq_of(frame.id) == seq

    replay = team.stream("ben", last_event_id=cursor)
    assert replay.wait_for_seq(seq).data == event.data


def test_an_ephemeral_publication_has_no_number_and_is_not_kept(team, service):
    stream = team.stream("ann")
    cursor = stream.established.id
    answer = service.publish("cursor.moved", {"x": 1}, boardId="main", ephemeral=True)
    assert "seq" not in (answer.json() if answer.content else {})
    event = stream.wait_for_type("cursor.moved")
    assert event["data"] == {"x": 1} and event.seq is None
    frame = next(frame for frame in stream.frames() if frame.json and frame.json["type"] == "cursor.moved")
    assert frame.id is None
    assert event.id == cursor, "the place to resume from is unchanged"

    api = team.api("ben")
    assert api.head() == cursor
    replay = team.stream("ben", last_event_id=cursor)
    api.create_task("fence")
    replay.wait_for_seq(api.last_seq)
    assert "cursor.moved" not in replay.types()


@pytest.mark.parametrize("ephemeral", [False, True])
def test_to_a_user_means_to_all_connections_of_that_user_and_nobody_else(team, service, ephemeral):
    first, second, other = team.stream("ann"), team.stream("ann"), team.stream("ben")
    since = first.established.id
    service.publish("note.left", {"text": "private"}, userId="ann", ephemeral=ephemeral)
    assert first.wait_for_type("note.left")["data"] == {"text": "private"}
    assert second.wait_for_type("note.left")
    api = team.api("ben")
    api.create_task("fence")
    other.wait_for_seq(api.last_seq)
    assert "note.left" not in other.types()

    replay = team.stream("ben", last_event_id=since)
    replay.wait_for_seq(api.last_seq)
    assert "note.left" not in replay.types()
    replay = team.stream("ann", last_event_id=since)
    replay.wait_for_seq(api.last_seq)
    assert ("note.left" in replay.types()) == (not ephemeral)


@pytest.mark.parametrize("ephemeral", [False, True])
def test_to_everyone_means_everyone_in_the_tenant(team, service, ephemeral):
    streams = [team.stream(user) for user in ("ann", "ben", "cy")]
    service.publish("notice.posted", {"text": "hello"}, ephemeral=ephemeral)
    for stream in streams:
        assert stream.wait_for_type("notice.posted")["data"] == {"text": "hello"}


def test_to_a_board_means_to_those_who_watch_it(team, service):
    team.admin().create_board("side")
    on_side, on_main = team.stream("ann", board="side"), team.stream("ann", board="main")
    service.publish("deploy.finished", {}, boardId="side")
    assert on_side.wait_for_type("deploy.finished")
    api = team.api("ben")
    api.create_task("fence")
    on_main.wait_for_seq(api.last_seq)
    assert "deploy.finished" not in on_main.types()


@pytest.mark.parametrize(
    "type",
    ["task.created", "task.invented", "board.deleted", "board.x", "job.completed", "connection.established",
     "stream.resync", "stream.closing", "token.expiring", "presence.joined"],
)
def test_the_families_of_the_server_are_refused(service, type):
    for ephemeral in (False, True):
        problem(service.post("/api/publish", {"type": type, "data": {}, "ephemeral": ephemeral}), 400)


@pytest.mark.parametrize(
    "type",
    ["", "undotted", ".x", "x.", "a..b", "a b.c", "a.b\nc", "a.b\r", "a.\u2028b", "x." + "y" * 5000, 5, None, "a.*"],
)
def test_a_type_that_is_no_dotted_name_is_400(service, type):
    problem(service.post("/api/publish", {"type": type, "data": {}}), 400)


def test_unknown_fields_and_unknown_boards_are_refused(service):
    problem(service.post("/api/publish", {"type": "a.b", "data": {}, "colour": 1}), 400)
    problem(service.post("/api/publish", {"data": {}}), 400)
    problem(service.post("/api/publish", {"type": "a.b", "data": {}, "boardId": "nowhere"}), 404)


def test_publications_and_writes_share_one_order(team, service):
    stream = team.stream("ann")
    api = team.api("ann")
    for i in range(10):
        api.create_task(f"task {i}")
        last = service.publish("step.done", {"i": i}, boardId="main").json()["seq"]
    stream.wait_for_seq(last)
    events = stream.durable()
    assert [event.type for event in events] == ["task.created", "step.done"] * 10
    assert [event["boardSeq"] for event in events] == list(range(events[0]["boardSeq"], events[0]["boardSeq"] + 20))
