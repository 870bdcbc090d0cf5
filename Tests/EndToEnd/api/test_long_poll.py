"""`GET /api/events?wait=`: at once when there is something, as soon as there is, or nothing after all."""

import threading
import time

import pytest

from board_model import assert_dense, names
from rest import Api, problem
from sse import seq_of
from waiting import DEADLINE, eventually
from wire import Wire


class Poll(threading.Thread):
    """One call that waits in a thread of its own."""

    def __init__(self, team, sub="poller", token=None, **params):
        super().__init__(daemon=True)
        self.api = team.keep(Api(team.server.url, token or team.token(sub)))
        self.params, self.response, self.failure = params, None, None
        self.start()

    def run(self):
        try:
            self.response = self.api.get("/api/events", params=self.params)
        except Exception as error:
            self.failure = error

    def result(self):
        """The answer's body."""
        self.join(DEADLINE)
        assert self.failure is None, self.failure
        assert self.response is not None, "it was never answered"
        assert self.response.status_code == 200, f"{self.response.status_code} {self.response.text}"
        return self.response.json()


def test_what_there_is_comes_at_once(team):
    api = team.api("ann")
    start = api.head()
    for i in range(3):
        api.create_task(f"task {i}")
    began = time.monotonic()
    answer = api.events(since=start, wait=30)
    assert time.monotonic() - began < 20, "it did not wait"
    assert names(answer["events"]) == ["task 0", "task 1", "task 2"]
    assert answer["recovered"] is True and answer["cursor"] == api.head()


@pytest.mark.parametrize("wait", ["1", "0"])
def test_when_nothing_comes_the_list_is_empty_and_the_cursor_the_same(team, wait):
    api = team.api("ann")
    api.create_task("before")
    head = api.head()
    answer = api.events(since=head, wait=wait)
    assert answer["events"] == [] and answer["cursor"] == head and answer["recovered"] is True


def test_it_waits_that_long(team):
    api = team.api("ann")
    head = api.head()
    began = time.monotonic()
    api.events(since=head, wait=2)
    assert time.monotonic() - began > 1.9


def test_it_is_answered_as_soon_as_an_event_comes(team):
    api = team.api("ann")
    head = api.head()
    polls = [Poll(team, since=head, wait=30) for _ in range(5)]
    # Later polls are on their way when this one is back, so the others wait by now.
    api.events(since=head, wait=1)
    began = time.monotonic()
    api.create_task("new")
    for poll in polls:
        answer = poll.result()
        assert names(answer["events"]) == ["new"] and answer["cursor"] == api.head() and answer["recovered"] is True
    assert time.monotonic() - began < 20


def test_events_of_other_boards_and_types_do_not_answer(team):
    team.admin().create_board("side")
    api = team.api("ann")
    head = api.head()
    by_board = Poll(team, since=head, wait=30, board="side")
    by_type = Poll(team, since=head, wait=30, types="task.deleted")
    task = api.create_task("on main")
    api.create_task("on side", boardId="side")
    api.delete_task(task["id"])
    answer = by_board.result()
    assert names(answer["events"]) == ["on side"] and answer["recovered"] is True
    assert seq_of(answer["cursor"]) >= seq_of(head) + 2
    assert [event["type"] for event in by_type.result()["events"]] == ["task.deleted"]


def test_when_only_others_come_the_list_is_empty_and_nothing_is_lost(team):
    team.admin().create_board("side")
    api = team.api("ann")
    head = api.head()
    poll = Poll(team, since=head, wait=2, board="side")
    api.create_task("on main")
    answer = poll.result()
    assert answer["events"] == [] and seq_of(head) <= seq_of(answer["cursor"]) <= api.last_seq
    api.create_task("on side", boardId="side")
    assert names(api.events(since=answer["cursor"], board="side", wait=30)["events"]) == ["on side"]


def test_another_tenants_events_do_not_answer(team, make_team):
    other = make_team(team.server)
    api = team.api("ann")
    head = api.head()
    poll = Poll(team, since=head, wait=2)
    other.api("eve").create_task("theirs")
    answer = poll.result()
    assert answer["events"] == [] and answer["cursor"] == head


def test_events_for_one_user_answer_that_user_alone(team):
    head = team.api().head()
    polls = {name: Poll(team, name, since=head, wait=(30 if name == "ann" else 2)) for name in ("ann", "ben")}
    team.api("bot", role="service").publish("test.note", {"text": "hello"}, userId="ann")
    assert [event["type"] for event in polls["ann"].result()["events"]] == ["test.note"]
    assert polls["ben"].result()["events"] == []


def test_a_chain_of_polls_misses_and_doubles_nothing(team):
    api = team.api("ann")
    start = api.head()
    failures = []

    def write(name):
        try:
            mine = team.api(name)
            for i in range(50):
                mine.create_task(f"{name} {i}")
        except Exception as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(f"writer{i}",)) for i in range(3)]
    for writer in writers:
        writer.start()
    seqs, cursor = [], start
    end = time.monotonic() + DEADLINE
    while len(seqs) < 150 and time.monotonic() < end and not failures:
        answer = api.events(since=cursor, wait=10, limit=20)
        assert answer["recovered"] is True and len(answer["events"]) <= 20
        seqs += [event["seq"] for event in answer["events"]]
        cursor = answer["cursor"]
    for writer in writers:
        writer.join()
    assert failures == [] and len(seqs) == 150
    assert_dense(seqs, seq_of(start) + 1)
    assert cursor == api.head()


@pytest.mark.parametrize("wait", ["31", "-1", "x", "", "1.5", "1e1", "+1", " 1", "99999999999999999999", "0x1"])
def test_a_wait_that_makes_no_sense_is_400(team, wait):
    problem(team.api("ann").get("/api/events", params={"wait": wait, "since": team.api().head()}), 400)


def test_the_longest_wait_is_30_s(team):
    api = team.api("ann")
    head = api.head()
    poll = Poll(team, since=head, wait=30)
    api.create_task("new")
    assert names(poll.result()["events"]) == ["new"]


@pytest.mark.parametrize("cursor, reason", [
    ("nonsense", "cursor_malformed"), ("1-00000000", "epoch_changed"), ("ahead", "cursor_ahead"),
])
def test_a_cursor_that_cannot_be_honoured_is_answered_at_once(team, cursor, reason):
    api = team.api("ann")
    api.create_task("one")
    if cursor == "ahead":
        cursor = f"999999-{api.head().partition('-')[2]}"
    began = time.monotonic()
    answer = api.events(since=cursor, wait=30)
    assert time.monotonic() - began < 20, "it did not wait"
    assert answer["recovered"] is False and answer["reason"] == reason and answer["snapshot"]
    assert answer["events"] == [] and answer["cursor"] == api.head()


def test_an_expired_cursor_is_answered_at_once(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_EVENTS_RETAIN_COUNT": "5"}))
    api = team.api("ann")
    start = api.head()
    for i in range(60):
        api.create_task(f"task {i}")

    def answer():
        found = api.events(since=start, wait=30)
        return found if found["recovered"] is False else None

    assert eventually(answer, "old events are dropped")["reason"] == "cursor_expired"


def test_a_wait_ends_with_its_token(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0"}))
    api = team.api("ann")
    expires = int(time.time()) + 3
    poll = Poll(team, token=team.token("poller", exp=expires), since=api.head(), wait=25)
    poll.join(20)
    assert not poll.is_alive() and poll.failure is None, "it outlived its token"
    assert time.time() >= expires - 0.5
    if poll.response.status_code == 401:
        problem(poll.response, 401)
    else:
        assert poll.result()["events"] == []


def test_a_wait_ends_when_the_user_is_revoked(team):
    head = team.api().head()
    poll = Poll(team, "victim", since=head, wait=30)
    admin = team.admin()
    admin.events(since=head, wait=1)
    answer = admin.post("/api/revocations", {"sub": "victim"})
    assert answer.status_code == 201, answer.text
    poll.join(20)
    assert not poll.is_alive() and poll.failure is None, "it outlived its right to be there"
    assert poll.response.status_code == 401 or poll.result()["events"] == []


def test_a_drain_ends_the_wait(start_server, make_team):
    server = start_server({"BOARDCAST_SERVER_DRAIN_SECONDS": "1"})
    team = make_team(server)
    api = team.api("ann")
    head = api.head()
    polls = [Poll(team, since=head, wait=30) for _ in range(5)]
    api.events(since=head, wait=1)
    began = time.monotonic()
    server.terminate()
    for poll in polls:
        answer = poll.result()
        assert answer["events"] == [] and answer["cursor"] == head and answer["recovered"] is True
    assert server.process.wait(DEADLINE) == 0
    assert time.monotonic() - began < 20, "nobody waited for the polls"


def test_clients_that_leave_are_let_go(team):
    api = team.api("ann")
    head = api.head()
    before = team.server.descriptors()
    wires = [Wire(team.server) for _ in range(50)]
    for wire in wires:
        wire.request("GET", f"/api/events?since={head}&wait=30", api.token)
    eventually(lambda: team.server.descriptors() >= before + 50, "they are connected")
    for wire in wires:
        wire.close()
    eventually(lambda: team.server.descriptors() <= before + 5, "they are let go before their time")


def test_a_wait_holds_up_no_other_call(team):
    head = team.api().head()
    polls = [Poll(team, f"poller{i}", since=head, wait=30) for i in range(40)]
    api = team.api("ann")
    for i in range(10):
        api.tasks()
    api.create_task("new")
    for poll in polls:
        assert names(poll.result()["events"]) == ["new"]
