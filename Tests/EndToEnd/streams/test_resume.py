"""Coming back with a cursor: everything after it once, then live."""

import threading

from board_model import assert_dense, names
from sse import Stream, seq_of


def test_a_reader_that_returns_with_last_event_id_misses_nothing(team):
    api = team.api("ben")
    first = team.stream("ann")
    api.create_task("seen")
    seen = first.wait_for_seq(api.last_seq)
    first.close()
    for name in ("missed 1", "missed 2"):
        api.create_task(name)

    second = team.stream("ann", last_event_id=seen.id)
    assert second.established["recovered"] is True
    assert second.established["behind"] == 2
    assert second.established.id == seen.id, "the first event carries the cursor resumed from"
    api.create_task("live")
    second.wait_for_seq(api.last_seq)
    assert names(second.durable()) == ["missed 1", "missed 2", "live"]


def test_since_resumes_as_the_header_does(team):
    api = team.api("ben")
    cursor = api.head()
    for i in range(3):
        api.create_task(f"missed {i}")
    stream = team.stream("ann", since=cursor)
    assert stream.established["recovered"] is True and stream.established["behind"] == 3
    stream.wait_for_seq(api.last_seq)
    assert names(stream.durable()) == ["missed 0", "missed 1", "missed 2"]


def test_last_event_id_wins_over_since(team):
    api = team.api("ben")
    api.create_task("before both")
    old = api.head()
    api.create_task("between")
    new = api.head()
    api.create_task("after both")
    stream = team.stream("ann", since=old, last_event_id=new)
    stream.wait_for_seq(api.last_seq)
    assert names(stream.durable()) == ["after both"]
    stream = team.stream("ann", since=new, last_event_id=old)
    stream.wait_for_seq(api.last_seq)
    assert names(stream.durable()) == ["between", "after both"]


def test_an_empty_last_event_id_counts_as_absent(team):
    api = team.api("ben")
    cursor = api.head()
    api.create_task("missed")
    stream = team.stream("ann", since=cursor, last_event_id="")
    stream.wait_for_seq(api.last_seq)
    assert names(stream.durable()) == ["missed"]

    fresh = team.stream("ann", last_event_id="")
    assert fresh.established["behind"] == 0
    api.create_task("live")
    fresh.wait_for_seq(api.last_seq)
    assert names(fresh.durable()) == ["live"]
    assert "stream.resync" not in fresh.types()


def test_a_cursor_at_the_head_is_honoured(team):
    api = team.api("ben")
    api.create_task("known")
    stream = team.stream("ann", last_event_id=api.head())
    assert stream.established["recovered"] is True and stream.established["behind"] == 0
    api.create_task("live")
    stream.wait_for_seq(api.last_seq)
    assert names(stream.durable()) == ["live"]


def test_the_id_of_the_first_event_is_enough_to_resume(team):
    """A reader cut off before anything happened has only that one."""
    api = team.api("ben")
    api.create_task("before")
    first = team.stream("ann")
    cursor = first.events[0].id
    first.close()
    api.create_task("missed")
    second = team.stream("ann", last_event_id=cursor)
    second.wait_for_seq(api.last_seq)
    assert names(second.durable()) == ["missed"]


def test_resuming_again_and_again_never_repeats_and_never_skips(team):
    api = team.api("ben")
    cursor, seen = api.head(), []
    start = seq_of(cursor)
    for round in range(8):
        for i in range(3):
            api.create_task(f"{round}.{i}")
        with Stream(team.server.url + "/sse/connect", team.token("ann"), last_event_id=cursor) as stream:
            stream.wait_for_seq(api.last_seq)
            events = stream.durable()
            seen += [event.seq for event in events]
            cursor = events[-1].id
    assert_dense(seen, start + 1)
    assert len(seen) == 24


def test_a_long_replay_arrives_whole_to_the_first_who_connects(team):
    """Longer than one page of the log, and nobody writes who could push it along."""
    api = team.api("ben")
    cursor = api.head()
    for i in range(300):
        api.create_task(f"task {i}", description="d" * 2000)
    stream = team.stream("ann", since=cursor)
    stream.wait_for_seq(api.last_seq)
    assert_dense([event.seq for event in stream.durable()], seq_of(cursor) + 1)
    api.create_task("live")
    stream.wait_for_seq(api.last_seq)
    assert_dense([event.seq for event in stream.durable()], seq_of(cursor) + 1)


def test_a_long_replay_arrives_whole_while_writes_go_on(team):
    writers = [team.api(f"writer{i}") for i in range(4)]
    cursor = writers[0].head()

    def write(api, count):
        for i in range(count):
            api.create_task(f"task {i}", description="d" * 1000)

    def together(count):
        threads = [threading.Thread(target=write, args=(api, count)) for api in writers]
        for thread in threads:
            thread.start()
        return threads

    for thread in together(100):
        thread.join()
    threads = together(50)
    streams = [team.stream("ann", since=cursor) for _ in range(5)]
    for thread in threads:
        thread.join()
    head = seq_of(writers[0].head())
    assert head == seq_of(cursor) + 600
    for stream in streams:
        stream.wait_for_seq(head)
        assert_dense([event.seq for event in stream.durable()], seq_of(cursor) + 1)


def test_a_reader_resumes_through_a_restart(start_server, make_team):
    server = start_server()
    team = make_team(server)
    stream = team.stream("ann")
    team.api("ben").create_task("before")
    stream.wait_for_type("task.created")
    cursor = stream.durable()[-1].id
    team.close()

    server.restart()
    api = team.api("ben")
    api.create_task("after")
    stream = team.stream("ann", last_event_id=cursor)
    assert stream.established["recovered"] is True
    stream.wait_for_seq(api.last_seq)
    assert names(stream.durable()) == ["after"]
    assert seq_of(stream.events[-1].id) == seq_of(cursor) + 1
    server.stop()
