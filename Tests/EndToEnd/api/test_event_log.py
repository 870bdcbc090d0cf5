"""`GET /api/events`: the same events by polling, page by page."""

import pytest

from board_model import assert_dense
from rest import problem
from sse import seq_of


def numbers(page):
    return [event["seq"] for event in page["events"]]


def test_pages_go_on_where_the_last_one_ended(api):
    since = api.head()
    for i in range(25):
        api.create_task(f"task {i}")
    seen, cursor = [], since
    for expected in (10, 10, 5, 0):
        page = api.events(since=cursor, limit=10)
        assert page["recovered"] is True
        assert len(page["events"]) == expected
        seen += numbers(page)
        cursor = page["cursor"]
    assert_dense(seen, seq_of(since) + 1)
    assert cursor == api.head()


def test_a_page_holds_100_by_default_and_1000_at_most(api):
    since = api.head()
    for i in range(105):
        api.create_task(f"task {i}")
    assert len(api.events(since=since)["events"]) == 100
    assert len(api.events(since=since, limit=1000)["events"]) == 105
    answer = api.get("/api/events", params={"since": since, "limit": 1001})
    assert answer.status_code in (200, 400)


def test_without_since_the_newest_come_oldest_first(api):
    for i in range(60):
        api.create_task(f"task {i}")
    page = api.events()
    assert [event["task"]["name"] for event in page["events"]] == [f"task {i}" for i in range(10, 60)]
    assert seq_of(page["cursor"]) == api.last_seq
    assert [event["task"]["name"] for event in api.events(limit=3)["events"]] == ["task 57", "task 58", "task 59"]
    assert api.events(since=page["cursor"])["events"] == []


def test_filters_choose_and_the_cursor_moves_on_regardless(team, api):
    team.admin().create_board("side")
    since = api.head()
    task = api.create_task("main 1")
    api.create_task("side 1", boardId="side")
    api.patch_task(task["id"], {"status": "done"})
    api.create_task("main 2")

    page = api.events(since=since, board="side")
    assert [event["task"]["name"] for event in page["events"]] == ["side 1"]
    assert seq_of(page["cursor"]) == api.last_seq
    page = api.events(since=since, types="task.created", board="main")
    assert [event["task"]["name"] for event in page["events"]] == ["main 1", "main 2"]
    page = api.events(since=since, types="task.status_changed,task.deleted")
    assert [event["type"] for event in page["events"]] == ["task.status_changed"]
    page = api.events(since=since, types="task.*")
    assert len(page["events"]) == 4
    page = api.events(since=since, types="board.*")
    assert page["events"] == [] and seq_of(page["cursor"]) == api.last_seq


def test_a_filtered_log_can_be_paged_to_its_end(team, api):
    team.admin().create_board("side")
    since = api.head()
    for i in range(30):
        api.create_task(f"task {i}", boardId="side" if i % 10 == 0 else "main")
    seen, cursor = [], since
    for _ in range(40):
        page = api.events(since=cursor, board="side", limit=2)
        seen += [event["task"]["name"] for event in page["events"]]
        if page["cursor"] == cursor:
            break
        cursor = page["cursor"]
    assert seen == ["task 0", "task 10", "task 20"]
    assert seq_of(cursor) == api.last_seq


@pytest.mark.parametrize(
    "cursor, reason",
    [("rubbish", "cursor_malformed"), ("1:-1", "cursor_malformed"), ("1e308", "cursor_malformed"),
     ("999-{epoch}", "cursor_ahead"), ("1-{other}", "epoch_changed")],
)
def test_a_cursor_that_cannot_be_honoured_says_so(api, cursor, reason):
    api.create_task("known")
    head = api.head()
    epoch = head.split("-", 1)[1]
    other = ("a" if epoch[0] != "a" else "b") + epoch[1:]
    page = api.events(since=cursor.format(epoch=epoch, other=other))
    assert page["recovered"] is False
    assert page["reason"] == reason
    assert page["cursor"] == head
    assert isinstance(page["snapshot"], str) and page["snapshot"]
    assert page["events"] == [], "events after a gap would look like events without one"


def test_a_stream_can_start_where_polling_stopped(team, api):
    api.create_task("polled")
    cursor = api.events()["cursor"]
    api.create_task("streamed")
    stream = team.stream("ann", since=cursor)
    stream.wait_for_seq(api.last_seq)
    assert [event["task"]["name"] for event in stream.durable()] == ["streamed"]


def test_an_unknown_board_is_404(api):
    problem(api.get("/api/events", params={"board": "nowhere"}), 404)


def test_another_users_mail_is_not_in_the_log(team):
    service = team.api("svc", role="service")
    since = team.api("ann").head()
    service.publish("note.left", {"text": "private"}, userId="ann")
    assert [event["data"] for event in team.api("ann").events(since=since)["events"]] == [{"text": "private"}]
    page = team.api("ben").events(since=since)
    assert page["events"] == [] and seq_of(page["cursor"]) == seq_of(since) + 1
