"""Who is on a board: told as it changes, kept by nobody."""

import pytest

from rest import TIMESTAMP, Api, ok, problem
from waiting import eventually

PRESENCE = ("presence.joined", "presence.left", "presence.state")


def about(stream, user, board="main"):
    """The joins and leaves of one user that a stream was told, in their order."""
    return [event.type.removeprefix("presence.") for event in stream.of_type("presence.joined", "presence.left")
            if event["userId"] == user and event["boardId"] == board]


def wait_for(stream, type, user, board="main", count=1):
    """The `count`th event of this type about this user."""
    def found():
        events = [event for event in stream.of_type(type) if event["userId"] == user and event["boardId"] == board]
        return events[count - 1] if len(events) >= count else None
    return stream.wait_until(found, f"{type} of {user}")


def users(api, board="main"):
    return ok(api.get(f"/api/boards/{board}/presence"), 200).json()["users"]


def wait_for_users(api, expected, board="main"):
    eventually(lambda: sorted(users(api, board)) == sorted(expected), f"{expected} are on {board}")


# Joining and leaving.


def test_the_state_is_told_on_subscribing(team):
    team.stream("ann", board="main")
    stream = team.stream("ben", board="main")
    state = stream.wait_for(lambda event: event.type == "presence.state" and "ann" in event["users"])
    assert state["boardId"] == "main" and TIMESTAMP.match(state["timestamp"]) and state.seq is None
    assert len(state["users"]) == len(set(state["users"])) and set(state["users"]) <= {"ann", "ben"}
    wait_for_users(team.api("ben"), ["ann", "ben"])


def test_presence_events_have_no_id_and_are_not_logged(team):
    api = team.api("eve")
    head = api.head()
    watcher = team.stream("ben")
    team.stream("ann")
    wait_for(watcher, "presence.joined", "ann")
    framed = [frame for frame in watcher.frames() if frame.json and frame.json["type"].startswith("presence.")]
    assert framed and all(frame.id is None and frame.get("event") is None for frame in framed)
    assert api.head() == head and api.events(since=head)["events"] == []


def test_the_first_connection_of_a_user_is_told_to_others(team):
    watcher = team.stream("ben", board="main")
    team.stream("ann", board="main")
    joined = wait_for(watcher, "presence.joined", "ann")
    assert joined["boardId"] == "main" and TIMESTAMP.match(joined["timestamp"]) and joined.seq is None


def test_two_tabs_are_one_presence(team):
    watcher = team.stream("ben")
    first, second = team.stream("ann"), team.stream("ann", board="main")
    team.stream("carl")
    wait_for(watcher, "presence.joined", "carl")
    assert about(watcher, "ann") == ["joined"]
    assert sorted(users(team.api("ben"))) == ["ann", "ben", "carl"]
    # One tab goes; somebody who goes later and for good is the fence.
    first.close()
    leaver = team.stream("dora")
    leaver.close()
    wait_for(watcher, "presence.left", "dora")
    assert about(watcher, "ann") == ["joined"]
    assert sorted(users(team.api("ben"))) == ["ann", "ben", "carl"]
    second.close()


def test_a_user_who_has_gone_for_5_s_has_left_and_may_join_again(team):
    watcher, stream = team.stream("ben"), team.stream("ann")
    wait_for(watcher, "presence.joined", "ann")
    stream.close()
    eventually(lambda: team.admin().stats()["totalConnections"] == 1, "the connection is gone")
    team.fence(watcher)
    assert about(watcher, "ann") == ["joined"], "not at once"
    left = wait_for(watcher, "presence.left", "ann")
    assert left["boardId"] == "main" and TIMESTAMP.match(left["timestamp"])
    wait_for_users(team.api("ben"), ["ben"])
    team.stream("ann")
    wait_for(watcher, "presence.joined", "ann", count=2)
    assert about(watcher, "ann") == ["joined", "left", "joined"]


def test_a_reconnect_within_5_s_is_not_told(team):
    watcher, stream, leaver = team.stream("ben"), team.stream("ann"), team.stream("dora")
    wait_for(watcher, "presence.joined", "ann")
    leaver.close()
    for _ in range(3):
        stream.close()
        stream = team.stream("ann")
    wait_for(watcher, "presence.left", "dora")
    assert about(watcher, "ann") == ["joined"]


def test_state_joins_and_leaves_add_up(team):
    """Whoever watches from the beginning knows, at any time, who is there."""
    watcher = team.stream("watcher", board="main")
    streams = {name: team.stream(name, board="main") for name in ("ann", "ben", "carl", "dora")}
    for name in ("ann", "carl"):
        streams[name].close()
    for name in ("ann", "carl"):
        wait_for(watcher, "presence.left", name)
    here = set()
    for event in watcher.of_type(*PRESENCE):
        if event.type == "presence.state":
            here = set(event["users"])
        elif event.type == "presence.joined":
            here.add(event["userId"])
        else:
            assert event["userId"] in here, "nobody leaves who was not there"
            here.remove(event["userId"])
    assert here | {"watcher"} == {"watcher", "ben", "dora"} == set(users(team.api("ben")))


# Whose business it is.


def test_a_board_tells_of_its_own_users(team):
    team.admin().create_board("side")
    on_main, on_side = team.stream("ben", board="main"), team.stream("carl", board="side")
    team.stream("ann", board="main")
    wait_for(on_main, "presence.joined", "ann")
    team.fence(on_side)
    assert about(on_side, "ann", "side") == [] and about(on_side, "ann", "main") == []
    assert sorted(users(team.api("ben"), "main")) == ["ann", "ben"]
    assert users(team.api("ben"), "side") == ["carl"]


def test_whoever_follows_all_boards_is_present_on_each(team):
    team.admin().create_board("side")
    watcher = team.stream("ben", board="side")
    team.stream("ann")
    wait_for(watcher, "presence.joined", "ann", "side")
    api = team.api("ben")
    assert "ann" in users(api, "side") and "ann" in users(api, "main")


def test_a_token_for_some_boards_sees_the_presence_of_those_alone(team):
    team.admin().create_board("side")
    narrow = team.stream("ben", claims={"boards": ["side"]})
    team.stream("ann", board="main")
    team.stream("carl", board="side")
    wait_for(narrow, "presence.joined", "carl", "side")
    assert all(event["boardId"] == "side" for event in narrow.of_type("presence."))
    problem(team.api("ben", boards=["side"]).get("/api/boards/main/presence"), 403)
    assert sorted(users(team.api("ben", boards=["side"]), "side")) == ["ben", "carl"]


def test_another_tenant_sees_nothing(team, make_team):
    other = make_team(team.server)
    task = team.api("ann").create_task("typed into")
    stranger, watcher = other.stream("eve"), team.stream("ben")
    team.stream("ann")
    ok(team.api("ann").start_typing(task))
    wait_for(watcher, "presence.joined", "ann")
    watcher.wait_for_type("typing")
    other.fence(stranger)
    told = stranger.of_type("presence.", "typing")
    for event in told:
        assert {*event.data.get("users", []), event.data.get("userId", "eve")} == {"eve"}
    assert users(other.api("eve")) == ["eve"]
    team.admin().create_board("ours")
    problem(other.api("eve").get("/api/boards/ours/presence"), 404)


def test_the_presence_of_a_board_that_is_none_is_404(team):
    for board in ("nowhere", "No%20Such", "x" * 65):
        answer = team.api("ann").get(f"/api/boards/{board}/presence")
        problem(answer, 400 if answer.status_code == 400 else 404)


def test_presence_needs_a_token_and_no_query(team):
    problem(Api(team.server.url).get("/api/boards/main/presence"), 401)
    problem(team.api("ann").get("/api/boards/main/presence?nonsense=1"), 400)
    assert users(team.api("ann", role="viewer")) == []


def test_types_choose_presence_too(team):
    stream = team.stream("ben", types="task.created")
    chosen = team.stream("carl", types="presence.*")
    team.stream("ann")
    wait_for(chosen, "presence.joined", "ann")
    api = team.api("eve")
    api.create_task("fence")
    stream.wait_for_seq(api.last_seq)
    assert not stream.of_type("presence.")


@pytest.mark.parametrize("gracefully", [True, False], ids=["a restart", "kill -9"])
def test_no_ghosts_are_left_by(start_server, make_team, gracefully):
    server = start_server({"BOARDCAST_SERVER_DRAIN_SECONDS": "1"})
    team = make_team(server)
    watcher = team.stream("ben")
    team.stream("ann")
    wait_for(watcher, "presence.joined", "ann")
    server.restart(gracefully)
    again = team.stream("ben", board="main")
    team.stream("carl", board="main")
    wait_for(again, "presence.joined", "carl")
    assert sorted(users(team.api("ben"))) == ["ben", "carl"]
    assert all("ann" not in event.data.get("users", []) for event in again.of_type("presence.state"))
    assert about(again, "ann") == []


def test_an_ended_connection_leaves_too(start_server, make_team):
    """Not only a client that hangs up."""
    team = make_team(start_server({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0"}))
    watcher = team.stream("ben")
    team.stream("ann", claims={"ttl": 2})
    wait_for(watcher, "presence.joined", "ann")
    wait_for(watcher, "presence.left", "ann")
