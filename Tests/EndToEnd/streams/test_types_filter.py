"""`types=`: a stream of some kinds of event, live and replayed."""

import pytest


def do_everything(api):
    """One event of each kind; the last is a task.created."""
    task = api.create_task("first")
    api.patch_task(task["id"], {"name": "renamed"})
    api.patch_task(task["id"], {"status": "done"})
    api.delete_task(task["id"])
    api.create_task("last")


CASES = [
    ("task.created", ["task.created", "task.created"]),
    ("task.created,task.deleted", ["task.created", "task.deleted", "task.created"]),
    ("task.*", ["task.created", "task.updated", "task.status_changed", "task.deleted", "task.created"]),
    ("board.*,task.created", ["task.created", "task.created"]),
]


@pytest.mark.parametrize("types, expected", CASES)
def test_a_live_stream_holds_only_the_types_asked_for(team, types, expected):
    stream = team.stream("watcher", types=types)
    api = team.api("ann")
    do_everything(api)
    stream.wait_for_seq(api.last_seq)
    assert [event.type for event in stream.durable()] == expected


@pytest.mark.parametrize("types, expected", CASES)
def test_a_replay_holds_only_the_types_asked_for(team, types, expected):
    api = team.api("ann")
    cursor = api.head()
    do_everything(api)
    stream = team.stream("watcher", types=types, last_event_id=cursor)
    assert stream.established["behind"] == 5
    stream.wait_for_seq(api.last_seq)
    assert [event.type for event in stream.durable()] == expected


def test_a_type_is_matched_whole(team):
    """Neither the beginning nor the end of a name will do."""
    api = team.api("ann")
    streams = [team.stream("watcher", types=f"{types},board.created") for types in ("task.c", "tas.*", "ask.created")]
    do_everything(api)
    team.admin().create_board("fence")
    for stream in streams:
        stream.wait_for_type("board.created")
        assert [event.type for event in stream.durable()] == ["board.created"]


def test_the_first_event_comes_whatever_the_filter(team):
    stream = team.stream("ann", types="task.deleted")
    assert stream.types()[0] == "connection.established"


def test_a_resync_comes_whatever_the_filter(team):
    stream = team.stream("ann", types="task.deleted", last_event_id="rubbish")
    assert stream.wait_for_type("stream.resync")


def test_published_types_can_be_asked_for(team):
    stream = team.stream("ann", types="deploy.*")
    team.api("ben").create_task("not asked for")
    team.api("svc", role="service").publish("deploy.finished", {"n": 1}, boardId="main")
    stream.wait_for_type("deploy.finished")
    assert [event.type for event in stream.durable()] == ["deploy.finished"]
