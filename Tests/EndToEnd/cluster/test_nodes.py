"""Several gateways on one PostgreSQL are one: what is written on one is heard on all, and a cursor of one counts on all."""

import itertools
import re
import shutil
import signal

import httpx
import pytest

from board_model import assert_dense
from sse import Stream, seq_of
from team import Team
from waiting import eventually

_numbers = itertools.count(1)


@pytest.fixture
def cluster(database, start_server):
    """Starts nodes on one database: `cluster(3)`."""
    name = f"cluster{next(_numbers)}"
    database.sql(f"CREATE DATABASE {name}")

    def start(count, env=None):
        return [start_server(env, database_url=database.url(name)) for _ in range(count)]

    start.name = name
    return start


@pytest.fixture
def on():
    """The same tenant's people, on one node or another: `on(node)`."""
    teams = {}

    def team(node):
        return teams.setdefault(node.port, Team(node, "acme"))

    yield team
    for opened in teams.values():
        opened.close()


def heads_of(stream, count):
    stream.wait_until(lambda: len(stream.durable()) >= count, f"{count} events")
    return [event.seq for event in stream.durable()]


def listener_of(database, name):
    """The backends of those who listen."""
    return database.sql(
        f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}' AND query LIKE '%LISTEN%'").split()


def test_what_is_written_on_one_is_heard_on_the_others_by_every_transport(cluster, on):
    one, other, third = cluster(3)
    writer = on(one).api("ann")
    stream = on(other).stream("ben")
    socket = on(third).socket("carl")
    drawer = on(other).keep(Stream(other.url + "/api/tasks/stream/inbox?board=main", on(other).token("dora")))
    dashboard = on(third).keep(Stream(third.url + "/api/events/stream", on(third).token("eve")))
    drawer.wait_for_type("init")
    dashboard_began = on(third).api("eve").head()
    tasks = [writer.create_task(f"task {number}", status="inbox") for number in range(5)]
    last = writer.last_seq
    for listener in (stream, socket):
        listener.wait_for_seq(last)
        assert_dense([event.seq for event in listener.durable()], last - 4)
    drawer.wait_for(lambda event: event.type == "update" and event["count"] == 5)
    dashboard.wait_for(lambda event: event.data.get("taskId") == tasks[-1]["id"])
    assert seq_of(dashboard_began) == last - 5
    found = on(third).api("eve").events(since=dashboard_began)
    assert [event["taskId"] for event in found["events"]] == [task["id"] for task in tasks]


def test_a_waiting_poll_is_answered_by_what_is_written_elsewhere(cluster, on):
    one, other = cluster(2)
    since = on(other).api("ben").head()
    stream = on(other).stream("carl")
    with httpx.Client(base_url=other.url, timeout=60) as client:
        import threading
        answers = []

        def poll():
            headers = {"Authorization": f"Bearer {on(other).token('ben')}"}
            answers.append(client.get("/api/events", params={"since": since, "wait": 30}, headers=headers).json())

        thread = threading.Thread(target=poll)
        thread.start()
        eventually(lambda: on(other).admin().stats()["totalConnections"] >= 1, "somebody is there")
        task = on(one).api("ann").create_task("for the poll")
        thread.join(60)
    assert [event["taskId"] for event in answers[0]["events"]] == [task["id"]]
    stream.wait_for_seq(seq_of(answers[0]["cursor"]))


def test_a_reader_goes_from_node_to_node_with_its_cursor(cluster, on, start_server, database):
    """Nodes start beside each other, and one after the other: each takes the cursors of all."""
    nodes = cluster(2)
    cursor, heard = None, []
    for turn in range(8):
        if turn == 4:
            nodes += cluster(1)
        if turn == 6:
            nodes[0].restart()
        writers = [on(node).api("ann") for node in nodes]
        stream = on(nodes[turn % len(nodes)]).stream("ben", last_event_id=cursor)
        assert cursor is None or stream.established["recovered"] is True
        written = [writer.create_task(f"{turn} of {index}")["id"] for index, writer in enumerate(writers)]
        stream.wait_for_seq(max(writer.last_seq for writer in writers))
        events = stream.durable()
        assert [event["taskId"] for event in events if event["taskId"] in written] == written
        heard += [event.seq for event in events]
        cursor = events[-1].id
        stream.close()
        # Meanwhile nobody reads.
        writers[turn % len(writers)].create_task("unheard")
    assert_dense(heard, heard[0])
    sockets = [on(node).socket("carl", since=cursor) for node in nodes]
    assert all(socket.established["recovered"] for socket in sockets)


def test_the_epoch_is_the_servers_and_nodes_that_come_and_go_begin_none(cluster, on, database):
    one, = cluster(1)
    first = on(one).api("ann").create_task("a") and on(one).api("ann").head()
    for node in cluster(2):
        on(node).api("ann").create_task("b")
        assert on(node).api("ann").head().split("-")[1] == first.split("-")[1]
    socket = on(one).socket("ben")
    database.stop()
    database.start()
    eventually(lambda: on(one).api("ann").post("/api/tasks", {"name": "c"}).status_code == 201, "writes go on")
    # A server that was started anew may have lost something: its numbers have another epoch, and no cursor is refused for it.
    head = on(one).api("ann").head()
    assert head.split("-")[1] != first.split("-")[1]
    assert on(one).stream("ben", last_event_id=first).established["recovered"] is True
    # Who names places by the epoch of its connection connects anew.
    socket.wait_for(lambda event: event.type == "stream.closing" and event["reason"] == "server_draining")
    assert on(one).socket("ben", since=head).established["recovered"] is True


def test_a_listener_that_is_cut_off_loses_nothing(cluster, on, database):
    one, other = cluster(2)
    writer, stream = on(one).api("ann"), on(other).stream("ben")
    writer.create_task("before")
    stream.wait_for_seq(writer.last_seq)
    for _ in range(5):
        database.sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{cluster.name}'"
            " AND query ~ '^(UN)?LISTEN'")
        for _ in range(3):
            eventually(lambda: writer.post("/api/tasks", {"name": "x"}).status_code == 201, "a write")
    last = seq_of(writer.head())
    stream.wait_for_seq(last)
    assert_dense([event.seq for event in stream.durable()], 1)


def test_a_database_that_is_stopped_and_started_is_heard_of_again(cluster, on, database):
    one, other = cluster(2)
    writer, stream = on(one).api("ann"), on(other).stream("ben")
    writer.create_task("before")
    stream.wait_for_seq(writer.last_seq)
    database.stop()
    assert writer.post("/api/tasks", {"name": "meanwhile"}).status_code == 503
    assert not stream.closed
    database.start()
    eventually(lambda: writer.post("/api/tasks", {"name": "after"}).status_code == 201, "writes go on")
    stream.wait_for(lambda event: event.data.get("task", {}).get("name") == "after")
    assert_dense([event.seq for event in stream.durable()], 1)


def test_a_copy_that_was_put_back_is_noticed_by_nodes_that_lived_on(cluster, on, database):
    """As after a failover to a replica that had not got everything."""
    one, other = cluster(2)
    api = on(one).api("ann")
    kept = api.create_task("kept")
    cursor = api.head()
    database.stop()
    shutil.copytree(database.data, database.folder / "copy", symlinks=True)
    if database.user:
        for path in [database.folder / "copy", *(database.folder / "copy").rglob("*")]:
            shutil.chown(path, database.user.pw_uid, database.user.pw_gid)
    database.start()
    eventually(lambda: api.post("/api/tasks", {"name": "lost"}).status_code == 201, "writes go on")
    streams = [on(node).stream("ben", last_event_id=cursor) for node in (one, other)]
    for stream in streams:
        stream.wait_for(lambda event: event.data.get("task", {}).get("name") == "lost")
    lost = streams[0].durable()[-1].id

    database.stop(signal.SIGQUIT)
    shutil.rmtree(database.data)
    (database.folder / "copy").rename(database.data)
    database.start()
    eventually(lambda: api.post("/api/tasks", {"name": "other"}).status_code == 201, "writes go on")
    for node, stream in zip((one, other), streams):
        stream.wait_for(lambda event: event.type == "stream.closing" and event["reason"] == "server_draining")
        assert "other" not in [event.data.get("task", {}).get("name") for event in stream.events]
        again = on(node).stream("ben", last_event_id=lost)
        resync = again.wait_for_type("stream.resync")
        assert resync["reason"] == "epoch_changed"
        resumed = on(node).stream("ben", last_event_id=cursor)
        assert resumed.established["recovered"] is True
        event = resumed.wait_for(lambda event: event.data.get("task", {}).get("name") == "other")
        assert event.seq == seq_of(lost) and event.id != lost
    assert {task["id"] for task in api.snapshot()["tasks"]} >= {kept["id"]}


def test_a_board_that_was_just_made_elsewhere_can_be_connected_to(cluster, on):
    one, other = cluster(2)
    on(other).stream("ben")
    admin = on(one).admin()
    for number in range(20):
        admin.create_board(f"board-{number}")
        stream = on(other).stream("ben", board=f"board-{number}")
        assert stream.established["boards"] == [f"board-{number}"]
    refused = httpx.get(
        other.url + "/sse/connect", params={"board": "never"},
        headers={"Authorization": f"Bearer {on(other).token('ben')}"})
    assert refused.status_code == 404


def test_where_notifications_do_not_come_it_is_said_once_and_nothing_is_lost(cluster, on, database, start_server):
    """As behind a pooler that shares connections by transaction."""
    one, = cluster(1)
    database.sql("CREATE DATABASE elsewhere")
    deaf = start_server(
        {"BOARDCAST_DATABASE_LISTEN_URL": database.url("elsewhere")}, database_url=database.url(cluster.name))
    writer, stream = on(one).api("ann"), on(deaf).stream("ben")

    def wakes(node):
        checks = httpx.get(node.url + "/readyz?verbose").json()["checks"]
        return checks["wakes"]

    eventually(lambda: wakes(deaf)["status"] == "warning", "it is said")
    assert wakes(deaf)["reason"] == "deaf" and httpx.get(deaf.url + "/readyz").status_code == 200
    eventually(lambda: wakes(one)["status"] == "ok", "the other hears")
    for _ in range(3):
        writer.create_task("x")
        stream.wait_for_seq(writer.last_seq)
    assert len(re.findall("notifications of other nodes do not come", deaf.log())) == 1
