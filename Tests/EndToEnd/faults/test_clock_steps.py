"""The clock on the wall is set while a server runs: what can't be undone does not happen, and all else goes on."""

import re
import sqlite3
from datetime import timedelta

import pytest

from rest import ok, problem
from scale import report
from waiting import eventually
from wall_clock import WallClock

RETAINED = 40
YEARS = timedelta(days=3652)
HOUR = timedelta(hours=1)

#: A token that is valid whatever the clock says in these tests.
LONG = {"ttl": 20 * 365 * 86_400}


@pytest.fixture
def clock(tmp_path):
    return WallClock(tmp_path)


@pytest.fixture
def clocked_server(start_server, clock):
    return start_server({
        **clock.environment, "BOARDCAST_EVENTS_RETAIN_COUNT": str(RETAINED), "BOARDCAST_SSE_HEARTBEAT_SECONDS": "1",
    })


class History:
    """What one tenant wrote while the clock was right: events, answers and a job, none of which may be lost."""

    def __init__(self, server, make_team):
        self.server = server
        self.team = make_team(server)
        self.api = self.team.api("ann", **LONG)
        self.since = self.api.head()
        self.first = [self.write(number) for number in range(10)]
        self.job = self.api.create_job("Done", boardId="main")
        self.api.report_job(self.job["id"], status="completed")
        self.log = self.api.whole_log(self.since)
        # A later tenant: by the time its log is trimmed, the round has been through the tenants before it.
        self.other = make_team(server).api("ben", **LONG)
        self.count_rounds()

    def write(self, number):
        body, key = {"name": f"task {number}"}, {"Idempotency-Key": f"key-{number}"}
        return ok(self.api.post("/api/tasks", body, headers=key), 201).json()

    def count_rounds(self):
        """Returns when the server has gone through all that is to be deleted, once at least."""
        for _ in range(2):
            for _ in range(RETAINED):
                self.other.create_task("filler")
            eventually(self.is_trimmed, "the other tenant's log is trimmed")

    def is_trimmed(self):
        with sqlite3.connect(self.server.database) as database:
            rows = database.execute("SELECT head - oldest + 1 FROM tenants ORDER BY number DESC LIMIT 1").fetchall()
        return rows == [(RETAINED,)]

    def check(self):
        """All of it is there, and is answered as before."""
        self.count_rounds()
        assert [self.write(number) for number in range(10)] == self.first
        assert self.api.whole_log(self.since) == self.log
        assert self.api.job(self.job["id"])["status"] == "completed"


def warnings(server):
    """How often the log says that the clock was set, ahead and back."""
    lines = [line for line in server.log().splitlines() if "warning" in line and "wall clock was set" in line]
    return sum("direction=ahead" in line for line in lines), sum("direction=back" in line for line in lines)


def beats(stream):
    return sum("heartbeat" in comment for frame in stream.frames() for comment in frame.comments)


@pytest.mark.parametrize("step", [YEARS, HOUR, -HOUR, -YEARS], ids=["10y", "1h", "-1h", "-10y"])
def test_nothing_is_lost_when_the_clock_is_set_and_set_right_again(clock, clocked_server, make_team, step):
    history = History(clocked_server, make_team)
    stream = history.team.stream("ann", claims=LONG)
    clock.set_ahead(step)
    history.check()
    ahead = (1, 0) if step > timedelta() else (0, 1)
    assert warnings(clocked_server) == ahead, "once for each step"
    heard = beats(stream)
    eventually(lambda: beats(stream) >= heard + 3, "heartbeats go on")
    clock.set_ahead(timedelta())
    history.check()
    assert warnings(clocked_server) == (1, 1)
    heard = beats(stream)
    eventually(lambda: beats(stream) >= heard + 3, "heartbeats go on")
    history.team.fence(stream)
    report(step_hours=int(step / HOUR), lost=0)


def test_nothing_is_lost_when_a_server_starts_with_a_wrong_clock(clock, clocked_server, make_team):
    history = History(clocked_server, make_team)
    ages = "SELECT count(*) FROM meta WHERE name = 'age'"
    eventually(
        lambda: sqlite3.connect(clocked_server.database).execute(ages).fetchone() == (1,), "the ages are kept")
    for ahead in (YEARS, timedelta(), -HOUR):
        clocked_server.kill()
        clock.set_ahead(ahead)
        clocked_server.start()
        history.check()


def test_tokens_follow_the_clock(clock, clocked_server, make_team):
    team = make_team(clocked_server)
    token = team.token("ann", ttl=600)
    stream = team.stream("ann", token=token)
    clock.set_ahead(HOUR)
    assert stream.wait_for_type("stream.closing")["reason"] == "token_expired"
    assert stream.wait_for_end() is None
    problem(team.api("ann", ttl=600).get("/api/tasks"), 401)
    fresh = team.stream("ann", claims={"ttl": 3600 + 600})
    clock.set_ahead(timedelta())
    ok(team.api("ann", ttl=600).get("/api/tasks"), 200)
    team.fence(fresh)
    clock.set_ahead(-HOUR)
    issued = team.api("ann", iat=int(clock.time()) + 3600)
    assert re.search("future|issued", problem(issued.get("/api/tasks"), 401)["detail"])
    ok(team.api("ann", iat=int(clock.time())).get("/api/tasks"), 200)
