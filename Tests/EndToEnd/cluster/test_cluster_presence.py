"""Who is on a board, whichever gateway they came to."""

import signal

from cluster import Frozen, persistent
from rest import ok
from waiting import eventually


def users(api, board="main"):
    return ok(api.get(f"/api/boards/{board}/presence"), 200).json()["users"]


def told(stream, type, user):
    return [event for event in stream.of_type(type) if event["userId"] == user]


def wait_for(stream, type, user):
    return stream.wait_for(lambda event: event.type == type and event["userId"] == user, f"{type} of {user}")


def test_who_comes_to_one_node_is_told_on_all_and_who_leaves_too(three, everywhere):
    team = everywhere(three.servers)
    watchers = [team[number].stream(f"watcher{number}") for number in range(3)]
    ann = team[0].stream("ann", board="main")
    for watcher in watchers:
        wait_for(watcher, "presence.joined", "ann")
    for number in range(3):
        eventually(lambda: "ann" in users(team[number].api("eve")), "ann is read on every node")
    ann.close()
    for watcher in watchers:
        wait_for(watcher, "presence.left", "ann")
        assert len(told(watcher, "presence.joined", "ann")) == len(told(watcher, "presence.left", "ann")) == 1
    assert all("ann" not in users(team[number].api("eve")) for number in range(3))


def test_a_list_has_those_of_other_nodes_where_nobody_else_is_connected(two, everywhere):
    team = everywhere(two.servers)
    team[0].stream("ann", board="main")
    eventually(lambda: users(team[1].api("eve")) == ["ann"], "a node without connections of the tenant reads her too")
    late = team[1].stream("ben", board="main")
    state = late.wait_for_type("presence.state")
    assert "ann" in state["users"]


def test_who_moves_to_another_node_has_not_left(two, everywhere):
    team = everywhere(two.servers)
    watcher = team[1].stream("watcher")
    for number in (0, 1, 0):
        stream = team[number].stream("ann", board="main")
        wait_for(watcher, "presence.joined", "ann")
        eventually(lambda: "ann" in users(team[1 - number].api("eve")), "the other node knows")
        stream.close()
    wait_for(watcher, "presence.left", "ann")
    assert len(told(watcher, "presence.joined", "ann")) == 1


def test_the_users_of_a_node_that_is_killed_leave(two, everywhere):
    team = everywhere(two.servers)
    watcher = team[1].stream("watcher")
    team[0].stream("ann")
    moved = team[0].stream("ben")
    for user in ("ann", "ben"):
        wait_for(watcher, "presence.joined", user)
    two.servers[0].kill()
    moved.wait_for_end()
    team[1].stream("ben")
    wait_for(watcher, "presence.left", "ann")
    assert users(team[1].api("eve")) == ["ben", "watcher"] and not told(watcher, "presence.left", "ben")
    nodes = ok(team[1].admin().get("/sse/stats")).json()["nodes"]
    assert [node["name"] for node in nodes] == ["b"]


def test_the_users_of_a_node_that_stands_still_leave_and_come_back_with_it(two, everywhere):
    team = everywhere(two.servers)
    watcher = team[1].stream("watcher")
    team[0].stream("ann")
    wait_for(watcher, "presence.joined", "ann")
    with Frozen(two.servers[0]):
        wait_for(watcher, "presence.left", "ann")
    streams = [persistent(team[0], "cat")]

    def is_told():
        # The node may find only now that it stood still, and send her away once more.
        if streams[-1].closed:
            streams.append(persistent(team[0], "cat"))
        return told(watcher, "presence.joined", "cat")

    eventually(is_told, "cat is there")
    two.wait_for_each_other(team[1].admin(), 2)


def test_presence_comes_back_after_a_crash_of_the_database(database, make_cluster, everywhere):
    """What the nodes told each other is gone with it, and is told again."""
    two = make_cluster(2, on=database, env={"BOARDCAST_CLUSTER_ISOLATION_SECONDS": "600"})
    team = everywhere(two.servers)
    watcher = team[1].stream("watcher")
    team[0].stream("ann")
    wait_for(watcher, "presence.joined", "ann")
    database.stop(signal.SIGQUIT)
    database.start()
    persistent(team[0], "cat")
    wait_for(watcher, "presence.joined", "cat")
    eventually(
        lambda: two.sql("SELECT count(*) FROM boardcast.holdings WHERE \"user\" = 'ann' AND count > 0") == "1",
        "ann is told again")
    assert not told(watcher, "presence.left", "ann")
