"""How a stream begins: its headers, its first event, and what is refused."""

from rest import TIMESTAMP, problem
from sse import CURSOR, Stream, refused, seq_of


def test_the_response_headers_are_those_promised(team):
    headers = team.stream("ann").response.headers
    assert headers["content-type"] == "text/event-stream"
    assert headers["cache-control"] == "no-cache, no-store, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert "content-length" not in headers


def test_the_first_event_says_who_and_where_we_are(team):
    api = team.api("ann")
    api.create_task("Something before")
    stream = team.stream("ann")
    first = stream.events[0]
    assert first.type == "connection.established"
    assert isinstance(first["connectionId"], str) and first["connectionId"]
    assert first["userId"] == "ann"
    assert first["tenant"] == team.tenant
    assert "main" in first["boards"]
    assert CURSOR.match(first["cursor"])
    assert seq_of(first["cursor"]) == api.last_seq
    assert isinstance(first["recovered"], bool)
    assert first["behind"] == 0
    assert first["heartbeatSeconds"] == 20
    assert TIMESTAMP.match(first["timestamp"])
    assert first.seq is None


def test_the_first_event_carries_the_head_as_its_id(team):
    api = team.api("ann")
    api.create_task("Something before")
    stream = team.stream("ann")
    frame = next(frame for frame in stream.frames() if frame.json)
    assert frame.id == frame.json["cursor"] == api.head()
    assert frame.get("event") is None


def test_a_retry_hint_precedes_the_first_event_or_is_part_of_it(team):
    frames = team.stream("ann").frames()
    place = next(i for i, frame in enumerate(frames) if frame.json)
    fields = [pair for frame in frames[: place + 1] for pair in frame.fields]
    names = [name for name, _ in fields]
    assert "retry" in names and names.index("retry") < names.index("data")
    assert 2100 <= int(dict(fields)["retry"]) <= 3900


def test_the_retry_hint_differs_between_connections(team):
    """So that a crowd cut off at once does not come back at once."""
    hints = set()
    for _ in range(12):
        with Stream(team.server.url + "/sse/connect", team.token("ann")) as stream:
            assert stream.established
            hints.add(next(frame.get("retry") for frame in stream.frames() if frame.get("retry")))
    assert len(hints) > 1


def test_every_connection_has_an_id_of_its_own(team):
    assert team.stream("ann").established["connectionId"] != team.stream("ann").established["connectionId"]


def test_the_boards_asked_for_are_the_boards_given(team):
    team.admin().create_board("side")
    assert team.stream("ann", board="side").established["boards"] == ["side"]
    both = team.stream("ann", board=["side", "main"]).established["boards"]
    assert sorted(both) == ["main", "side"]
    assert sorted(team.stream("ann").established["boards"]) == ["main", "side"]


def test_only_the_board_asked_for_is_heard(team):
    team.admin().create_board("side")
    stream = team.stream("ann", board="side")
    api = team.api("ben")
    api.create_task("unheard")
    api.create_task("heard", boardId="side")
    stream.wait_for_seq(api.last_seq)
    assert [event["task"]["name"] for event in stream.durable()] == ["heard"]


def test_a_board_made_later_is_heard_by_a_stream_of_all_boards(team):
    stream = team.stream("ann")
    team.admin().create_board("later")
    api = team.api("ben")
    api.create_task("On the new board", boardId="later")
    stream.wait_for_seq(api.last_seq)
    assert [event.type for event in stream.durable()] == ["board.created", "task.created"]


def test_an_unknown_board_is_404(team):
    problem(refused(team.server.url + "/sse/connect?board=nowhere", team.token()), 404)


def test_an_unknown_query_name_is_400(team):
    problem(refused(team.server.url + "/sse/connect?bord=main", team.token()), 400)


def test_a_stream_without_a_token_is_401(team):
    problem(refused(team.server.url + "/sse/connect"), 401)


def test_several_streams_of_one_user_each_get_everything(team):
    streams = [team.stream("ann") for _ in range(5)]
    api = team.api("ben")
    for i in range(10):
        api.create_task(f"task {i}")
    for stream in streams:
        stream.wait_for_seq(api.last_seq)
        assert [event["task"]["name"] for event in stream.durable()] == [f"task {i}" for i in range(10)]
