"""A cursor that can't be honoured is answered in the stream, with the reason: never a silent gap."""

import pytest

from rest import TIMESTAMP
from sse import seq_of
from waiting import eventually


def resynced(team, cursor, reason, by="header"):
    """Opens a stream at `cursor`, checks that it is answered by a resync, and that it is live from the head."""
    api = team.api("ben")
    head = api.head()
    options = {"last_event_id": cursor} if by == "header" else {"since": cursor}
    stream = team.stream("ann", **options)
    first = stream.established
    assert first["recovered"] is False
    assert first.id == head, "nothing is resumed, so the first event carries the head"

    resync = stream.wait_for_type("stream.resync")
    assert stream.types()[:2] == ["connection.established", "stream.resync"]
    assert resync["reason"] in ([reason] if isinstance(reason, str) else reason)
    assert resync["cursor"] == head
    assert TIMESTAMP.match(resync["timestamp"])
    frame = next(frame for frame in stream.frames() if frame.json and frame.json["type"] == "stream.resync")
    assert frame.id is None and frame.get("event") is None and "seq" not in frame.json

    with api.http.stream("GET", resync["snapshot"]) as answer:
        assert answer.status_code == 200, "the URL of the snapshot is one to be fetched"

    api.create_task("live")
    event = stream.wait_for_seq(api.last_seq)
    assert [event.seq for event in stream.durable()] == [event.seq] == [seq_of(head) + 1]
    stream.close()


MALFORMED = {
    "no epoch": "5",
    "nchan, number then nothing": "1:",
    "nchan, nothing then number": ":1",
    "nchan, negative": "1:-1",
    "dash alone": "-",
    "number then dash": "1-",
    "dash then epoch": "-{epoch}",
    "negative": "-1-{epoch}",
    "plus sign": "+1-{epoch}",
    "floating point": "1e308",
    "floating point with epoch": "1e308-{epoch}",
    "fraction": "1.0-{epoch}",
    "hexadecimal": "0x1-{epoch}",
    "words": "latest",
    "undefined": "undefined",
    "comma": "1,2",
    "path": "../../etc/passwd",
    "quotes": "1'--\"",
    "very long": "1" * 4000,
    "long epoch": "1-" + "e" * 4000,
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_cursor_is_named_as_such(team, case):
    api = team.api("ben")
    api.create_task("known")
    epoch = api.head().split("-", 1)[1]
    reasons = {
        # A number too big to be one may as well be called ahead of the head, and a strange epoch another one.
        "very long": ["cursor_malformed", "cursor_ahead"],
        "long epoch": ["cursor_malformed", "epoch_changed"],
    }
    resynced(team, MALFORMED[case].format(epoch=epoch), reasons.get(case, "cursor_malformed"))


@pytest.mark.parametrize(
    "cursor",
    ["１２-{epoch}", "١٢-{epoch}", "1\u0301-{epoch}", "\u200b1-{epoch}", "1\n-{epoch}", "1\x00-{epoch}", "🎈"],
    ids=["full-width", "arabic", "combining", "zero-width", "newline", "nul", "emoji"],
)
def test_a_malformed_cursor_in_the_query_is_named_as_such(team, cursor):
    api = team.api("ben")
    api.create_task("known")
    resynced(team, cursor.format(epoch=api.head().split("-", 1)[1]), "cursor_malformed", by="query")


@pytest.mark.parametrize("number", ["100", "9223372036854775807", "9223372036854775808", "9" * 60])
def test_a_cursor_ahead_of_the_head_is_named_as_such(team, number):
    api = team.api("ben")
    api.create_task("known")
    epoch = api.head().split("-", 1)[1]
    fits = len(number) < 19 or number == "9223372036854775807"
    resynced(team, f"{number}-{epoch}", "cursor_ahead" if fits else ["cursor_ahead", "cursor_malformed"])


def test_a_cursor_of_another_epoch_is_named_as_such(team):
    api = team.api("ben")
    api.create_task("known")
    epoch = api.head().split("-", 1)[1]
    other = ("a" if epoch[0] != "a" else "b") + epoch[1:]
    resynced(team, f"1-{other}", "epoch_changed")


def test_a_new_database_is_a_new_epoch(start_server, make_team):
    server = start_server()
    team = make_team(server)
    api = team.api("ben")
    for i in range(3):
        api.create_task(f"lost {i}")
    cursor = api.head()
    team.close()
    server.stop()
    for file in server.directory.glob("boardcast.sqlite*"):
        file.unlink()
    server.start()
    for i in range(5):
        team.api("ben").create_task(f"new {i}")
    resynced(team, cursor, "epoch_changed")


def test_a_restart_leaves_the_cursors_as_they_are(start_server, make_team):
    server = start_server()
    team = make_team(server)
    team.api("ben").create_task("kept")
    cursor = team.api("ben").head()
    team.close()
    for gracefully in (True, False):
        server.restart(gracefully)
        assert team.api("ben").head() == cursor
        team.close()


def test_a_cursor_older_than_what_is_kept_has_expired(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_EVENTS_RETAIN_COUNT": "10"}))
    api = team.api("ben")
    cursor = api.head()

    def expired():
        # How promptly old events go is the server's affair; each round gives it a reason.
        for i in range(20):
            api.create_task(f"task {i}")
        return api.events(since=cursor)["recovered"] is False

    eventually(expired, "an event beyond events.retainCount expired")
    resynced(team, cursor, "cursor_expired")
    resynced(team, cursor, "cursor_expired", by="query")


def test_a_cursor_within_what_is_kept_is_honoured(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_EVENTS_RETAIN_COUNT": "10"}))
    api = team.api("ben")
    for i in range(50):
        api.create_task(f"old {i}")
    cursor = api.head()
    for i in range(8):
        api.create_task(f"new {i}")
    stream = team.stream("ann", last_event_id=cursor)
    assert stream.established["recovered"] is True and stream.established["behind"] == 8
    stream.wait_for_seq(api.last_seq)
    assert [event["task"]["name"] for event in stream.durable()] == [f"new {i}" for i in range(8)]
