"""What is not logged, between gateways: typing, published events; and imports, which one of them works on."""

from imports import job_of, rows_csv, send
from rest import ok
from waiting import eventually


def test_typing_is_told_on_all_nodes_and_ends_there_too(two, everywhere):
    team = everywhere(two.servers)
    two.wait_for_each_other(team[0].admin(), 2)
    watchers = [team[number].stream(f"watcher{number}", board="main") for number in range(2)]
    api = team[0].api("ann")
    task = api.create_task("a")["id"]
    ok(api.post("/api/boards/main/typing", {"taskId": task, "typing": True}), 204)
    for watcher in watchers:
        event = watcher.wait_for(lambda event: event.type == "typing" and event["typing"])
        assert (event["userId"], event["taskId"], event["boardId"]) == ("ann", task, "main")
        watcher.wait_for(lambda event: event.type == "typing" and not event["typing"])
    # Once each: a node does not tell again what it was told.
    for watcher in watchers:
        assert [event["typing"] for event in watcher.of_type("typing")] == [True, False]


def test_an_unlogged_event_reaches_those_who_are_connected_to_any_node(three, everywhere):
    team, strangers = everywhere(three.servers), everywhere(three.servers)
    three.wait_for_each_other(team[0].admin(), 3)
    ears = [team[number].stream("ann") for number in range(3)]
    others = [team[number].stream("ben") for number in range(3)]
    foreign = strangers[1].stream("ann")
    service = team[0].api("robot", role="service")
    small, large = {"at": "é\u2028\"\\"}, {"text": "\"" * 20_000}
    for data in (small, large):
        ok(service.post("/api/publish", {"type": "cursor.moved", "data": data, "userId": "ann", "ephemeral": True}), 202)
    for stream in ears:
        for data in (small, large):
            event = stream.wait_for(lambda event: event.type == "cursor.moved" and event["data"] == data)
            assert event["actor"] == "robot" and event.seq is None
    ok(service.post("/api/publish", {"type": "cursor.gone", "data": None, "ephemeral": True}), 202)
    for stream in others:
        stream.wait_for_type("cursor.gone")
        assert not stream.of_type("cursor.moved")
    strangers[1].fence(foreign)
    assert not foreign.of_type("cursor.moved", "cursor.gone")
    for stream in ears:
        assert len(stream.of_type("cursor.moved")) == 2


def test_an_import_of_a_node_that_dies_fails_and_goes_on_elsewhere(two, everywhere):
    team = everywhere(two.servers)
    file = rows_csv(20_000)

    def begin(number):
        answer = send(team[number].api("ann"), file, key="k")
        return job_of(reader, answer)

    reader = team[1].api("ann")
    job = begin(0)
    now = lambda: ok(reader.get(f"/api/jobs/{job['id']}")).json()
    eventually(lambda: now()["status"] == "processing", "it runs")
    assert begin(1)["id"] == job["id"], "it runs elsewhere, so the same is answered"
    late = two.start("c")
    assert now()["status"] == "processing", "a node that starts leaves it alone"
    late.stop()
    two.servers[0].kill()
    eventually(lambda: now()["status"] == "failed", "its end is told")
    again = begin(1)
    assert again["id"] != job["id"]
    reached = now()["progress"]
    eventually(lambda: ok(reader.get(f"/api/jobs/{again['id']}")).json()["progress"] > reached, "it goes on")
