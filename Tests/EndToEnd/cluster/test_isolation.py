"""A gateway that has lost the database, and with it the others."""

import httpx

from rest import ok, problem
from sse import Stream
from waiting import eventually


def ready(server):
    return httpx.get(server.url + "/readyz", params={"verbose": "1"})


def test_a_node_without_the_database_ends_its_streams_and_admits_nobody_until_it_is_back(
        database, make_cluster, everywhere, cable):
    two = make_cluster(1, on=database)
    line = cable(database)
    lone = two.start("b", url=line.url(two.name))
    team = everywhere([two.servers[0], lone])
    two.wait_for_each_other(team[0].admin(), 2)
    stream, socket = team[1].stream("ann"), team[1].socket("ann")
    stays = team[0].stream("ben")
    cursor = stream.established["cursor"]
    line.cut()
    stream.wait_for_end()
    last = stream.of_type("stream.closing")[-1]
    assert last["reason"] == "server_draining" and last["reconnectAfterMilliseconds"] >= 0
    socket.wait_for_end()
    eventually(lambda: ready(lone).status_code == 503, "it is unready")
    checks = ready(lone).json()["checks"]
    assert checks["nodes"]["status"] == "failing" and checks["nodes"]["reason"] == "isolated"
    with Stream(lone.url + "/sse/connect", team[1].token("ann")) as refused:
        refused.wait_for_end()
        assert [event["reason"] for event in refused.of_type("stream.closing")] == ["server_draining"]
    missed = team[0].api().create_task("meanwhile")
    ok(team[0].admin().post("/api/revocations", {"jti": "gone"}), 201)
    line.mend()
    eventually(lambda: ready(lone).status_code == 200, "it is back")
    back = team[1].stream("ann", last_event_id=cursor)
    back.wait_for(lambda event: event.data.get("taskId") == missed["id"])
    assert back.established["recovered"] is True
    assert problem(team[1].api("eve", jti="gone").get("/api/tasks"), 401)["detail"] == "the token was revoked"
    assert not stays.closed


def test_a_node_that_is_only_slow_stays(database, make_cluster, everywhere, cable):
    two = make_cluster(1, on=database)
    line = cable(database)
    lone = two.start("b", url=line.url(two.name))
    team = everywhere([two.servers[0], lone])
    stream = team[1].stream("ann")
    beat = "SELECT beat_at FROM boardcast.nodes WHERE name = 'b'"
    for _ in range(3):
        before = two.sql(beat)
        line.cut()
        line.mend()
        eventually(lambda: two.sql(beat) != before, "it goes on")
    team[1].fence(stream)
    assert ready(lone).status_code == 200
