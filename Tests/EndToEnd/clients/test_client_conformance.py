"""What each of our clients does when things go wrong: the same tests for all, as the table in Docs/CLIENTS.md has them."""

import itertools
import time

import pytest

from follower import COMMANDS, Follower, ScriptedGateway, established, event, message
from relay import Relay
from tokens import claims, sign
from waiting import eventually

pytestmark = pytest.mark.parametrize("client", COMMANDS)


@pytest.fixture
def follow(client, tmp_path):
    """Starts programs that follow the board `main` by the client."""
    started = []

    def start(url, token, since=None):
        started.append(Follower(client, url, token, tmp_path, since))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def cable(start_server, make_team):
    """A server with a short heartbeat, a team on it, and a cable to it."""
    server = start_server({
        "BOARDCAST_SSE_HEARTBEAT_SECONDS": "1", "BOARDCAST_SSE_RETRY_MILLISECONDS": "100",
        "BOARDCAST_AUTH_LEEWAY_SECONDS": "0", "BOARDCAST_EVENTS_RETAIN_COUNT": "20",
    })
    relay = Relay(server.url)
    relay.team = make_team(server)
    yield relay
    relay.close()


@pytest.fixture
def scripted():
    started = []

    def start(*visits):
        started.append(ScriptedGateway(*visits))
        return started[-1]

    yield start
    for one in started:
        one.close()


def make(api, count):
    """Makes tasks, and returns the numbers of their events."""
    numbers = []
    for number in range(count):
        api.create_task(f"t{number}")
        numbers.append(api.last_seq)
    return numbers


def test_drop_what_happens_while_the_connection_is_down_comes_once_and_in_order(follow, cable):
    api = cable.team.api("ben")
    one = follow(cable.url, cable.team.token("ann"))
    one.is_live()
    seqs = make(api, 2)
    for round in range(2, 5):
        cable.cut()
        seqs += make(api, 3)
        cable.mend()
        one.is_live(round)
        seqs += make(api, 1)
        one.has(seqs[-1])
    assert one.seqs == seqs


def test_drop_a_program_that_is_started_again_goes_on_from_its_cursor(follow, cable):
    api = cable.team.api("ben")
    make(api, 1)
    since = api.head()
    seqs = make(api, 3)
    one = follow(cable.url, cable.team.token("ann"), since)
    one.has(seqs[-1])
    assert one.seqs == seqs


def test_resync_a_log_that_does_not_reach_back_is_told(follow, cable):
    api = cable.team.api("ben")
    one = follow(cable.url, cable.team.token("ann"))
    one.is_live()
    [first] = make(api, 1)
    one.has(first)
    cable.cut()
    make(api, 60)
    eventually(lambda: api.get("/api/events?since=" + f"{first}-x").json()["recovered"] is False, "the log is cut")
    cable.mend()
    one.wait(lambda: one.all("resync"), "it tells that the state has to be loaded again")
    assert one.all("resync")[0]["resync"] in ("cursor_expired", "epoch_changed")
    [last] = make(api, 1)
    one.has(last)
    assert one.seqs == [first, last]


def test_expiry_a_token_is_renewed_and_the_stream_goes_on(follow, cable):
    admin = cable.team.admin()
    one = follow(cable.url, cable.team.token("ann", ttl=25))
    one.is_live()
    one.give(cable.team.token("ann"))
    [before] = admin.stats(userId="ann")["connections"]
    ends = time.time() + 25
    eventually(lambda: time.time() > ends + 1, "the first token has run out")
    [seq] = make(admin, 1)
    one.has(seq)
    assert [found["id"] for found in admin.stats(userId="ann")["connections"]] == [before["id"]], "it is the same stream"


def test_expiry_a_token_that_is_revoked_is_replaced_and_nothing_is_missed(follow, cable):
    admin = cable.team.admin()
    one = follow(cable.url, cable.team.token("ann", jti="stolen"))
    one.is_live()
    seqs = make(admin, 2)
    one.has(seqs[-1])
    one.give(cable.team.token("ann", jti="another"))
    admin.post("/api/revocations", json={"jti": "stolen"})
    one.is_live(2)
    seqs += make(admin, 2)
    one.has(seqs[-1])
    assert one.seqs == seqs


def test_expiry_a_token_that_ends_without_another_is_told(follow, cable):
    one = follow(cable.url, cable.team.token("ann", ttl=3))
    one.is_live()
    one.fails("invalid_token")


def test_expiry_a_token_that_is_none_is_told_at_once(follow, cable):
    follow(cable.url, "nonsense").fails("invalid_token")


def test_silence_is_taken_for_a_lost_connection(follow, cable):
    api = cable.team.api("ben")
    one = follow(cable.url, cable.team.token("ann"))
    one.is_live()
    cable.hold()
    one.wait(lambda: any(line["state"] == "waiting" for line in one.all("state")), "it notices that nothing comes")
    seqs = make(api, 3)
    cable.release()
    one.is_live(2)
    one.has(seqs[-1])
    assert one.seqs == seqs


def test_storm_who_is_told_when_to_come_back_comes_then_and_not_before(follow, scripted):
    def closing(write, cursor):
        write(established("5-e"))
        write(message("stream.closing", reason="server_draining", reconnectAfterMilliseconds=1500))

    gateway = scripted(closing)
    follow(gateway.url, sign(claims()))
    eventually(lambda: len(gateway.came) >= 3, "it has come back twice")
    times = [when for when, _ in gateway.came]
    assert all(later - earlier >= 1.5 for earlier, later in itertools.pairwise(times))
    assert [cursor for _, cursor in gateway.came[:3]] == [None, "5-e", "5-e"]


def test_storm_those_who_were_cut_together_do_not_come_back_together(follow, scripted):
    """Each pause is at least half a second, and has some chance in it."""
    gateway = scripted(lambda write, cursor: write(established("5-e")))
    two = [follow(gateway.url, sign(claims())) for _ in range(2)]
    for one in two:
        one.is_live(4)
    times = sorted(when for when, _ in gateway.came)
    assert len(times) >= 8
    # Of two clients one comes twice between two visits of its own, at the earliest.
    assert all(times[n + 2] - times[n] >= 0.4 for n in range(len(times) - 2))
    assert len({round(later - earlier, 2) for earlier, later in itertools.pairwise(times)}) > 2, "they do not come in step"


def test_duplicate_what_was_sent_already_is_given_once(follow, scripted):
    def first(write, cursor):
        write(established("5-e"))
        write(event(6) + event(7) + event(7))

    def second(write, cursor):
        # As where a proxy replays what it has.
        write(established(cursor))
        write(event(6) + event(7) + event(8))
        time.sleep(3600)

    one = follow(scripted(first, second).url, sign(claims()))
    one.has(8)
    assert one.seqs == [6, 7, 8]


def test_odd_chunks_and_unknown_events_do_no_harm(follow, scripted):
    def visit(write, cursor):
        write(established("5-e"))
        text = ": a comment\n\nevent: unheard.of\nfield\n\n" + event(6).replace("\n", "\r\n") + event(7, "unheard.of") + event(8)
        for letter in text:
            write(letter)
        time.sleep(3600)

    one = follow(scripted(visit).url, sign(claims()))
    one.has(8)
    assert one.seqs == [6, 7, 8]


def test_a_board_that_is_none_is_told_at_once(follow, start_server, make_team):
    """403 and 404 are final."""
    server = start_server()
    team = make_team(server)
    follow(server.url, team.token("ann", boards=["other"])).fails("board_forbidden")
