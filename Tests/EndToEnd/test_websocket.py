"""`GET /ws/connect`: the same events as a stream, what a client may say, and how a connection ends."""

import threading

import pytest

import tokens
from board_model import assert_dense
from listener import check_closing
from rest import TIMESTAMP, ok
from sse import CURSOR, Stream, seq_of
from waiting import DEADLINE, eventually
from ws import WebSocket, refusal


def cursor_after(socket, event):
    """The cursor behind an event: said with it, or its number in the life that the first event names."""
    said = event.data.get("cursor") or event.data.get("id")
    return said or f"{event.seq}-{socket.established['cursor'].partition('-')[2]}"


def same(event, told):
    """A text frame holds a stream's object; it may say beside it where to go on."""
    extra = set(event.data) - set(told.data)
    assert {name: value for name, value in event.data.items() if name not in extra} == told.data
    assert extra <= {"cursor", "id"}, extra


# The same events as a stream.


def test_the_first_object_is_connection_established(team):
    head = team.api().head()
    first = team.socket("ann").events[0]
    assert first.type == "connection.established"
    assert first["userId"] == "ann" and first["tenant"] == team.tenant and first["boards"] == ["main"]
    assert first["connectionId"] and CURSOR.match(first["cursor"]) and first["cursor"] == head
    assert first["behind"] == 0 and type(first["recovered"]) is bool and first["heartbeatSeconds"] > 0
    assert TIMESTAMP.match(first["timestamp"])


def test_events_are_the_objects_of_a_stream(team):
    socket, stream = team.socket("ann"), team.stream("ann")
    api = team.api("ben")
    task = api.create_task("one")
    api.patch_task(task["id"], {"name": "two", "status": "done"})
    api.delete_task(task["id"])
    team.admin().create_board("side")
    team.fence(socket, stream)
    assert len(stream.durable()) == 6
    for event, told in zip(socket.durable(), stream.durable(), strict=True):
        same(event, told)


def test_types_and_board_choose_as_for_a_stream(team):
    team.admin().create_board("side")
    socket = team.socket("ann", board="side", types="task.created,test.*")
    api = team.api("ben")
    api.create_task("elsewhere")
    task = api.create_task("here", boardId="side")
    api.patch_task(task["id"], {"name": "changed"})
    team.fence(socket)
    assert [event.type for event in socket.durable()] == ["task.created", "test.fence"]


def test_a_snapshot_comes_second_when_asked_for(team):
    api = team.api("ann")
    task = api.create_task("there before")
    socket = team.socket("ann", snapshot="1")
    init = socket.wait_for_type("init")
    assert socket.events[1] is init
    assert init["tasks"] == [task] and init["count"] == 1 and init["boards"][0]["id"] == "main"
    assert init["cursor"] == api.head()


def test_since_resumes(team):
    api = team.api("ann")
    start = api.head()
    for i in range(20):
        api.create_task(f"task {i}")
    socket = team.socket("ann", since=start)
    socket.wait_for_seq(api.last_seq)
    assert socket.established["recovered"] is True and socket.established["behind"] == 20
    assert_dense([event.seq for event in socket.durable()], seq_of(start) + 1)
    assert len(socket.durable()) == 20


def test_a_reader_that_returns_with_its_cursor_misses_nothing(team):
    api = team.api("ann")
    socket = team.socket("ben")
    api.create_task("seen")
    cursor = cursor_after(socket, socket.wait_for_seq(api.last_seq))
    socket.close()
    api.create_task("missed")
    again = team.socket("ben", since=cursor)
    again.wait_for_seq(api.last_seq)
    assert [event["task"]["name"] for event in again.durable()] == ["missed"]


@pytest.mark.parametrize("cursor, reason", [
    ("nonsense", "cursor_malformed"), ("1-00000000", "epoch_changed"), ("ahead", "cursor_ahead"),
])
def test_a_cursor_that_cannot_be_honoured_is_told_in_the_stream(team, cursor, reason):
    api = team.api("ann")
    api.create_task("one")
    if cursor == "ahead":
        cursor = f"999999-{api.head().partition('-')[2]}"
    socket = team.socket("ann", since=cursor)
    resync = socket.wait_for_type("stream.resync")
    assert resync["reason"] == reason and resync["cursor"] == api.head() and resync["snapshot"]
    api.create_task("live from the head")
    socket.wait_for_seq(api.last_seq)
    assert len(socket.durable()) == 1


def test_order_and_completeness_beside_a_stream_while_writes_go_on(team):
    start = team.api().head()
    stop, failures = threading.Event(), []

    def write(name):
        api = team.api(name)
        try:
            task = api.create_task(name)
            for i in range(100):
                api.patch_task(task["id"], {"name": f"{name} {i}", "status": ("done", "review")[i % 2]})
        except Exception as error:
            failures.append(error)

    def come_and_go(seen):
        cursor = start
        try:
            while True:
                last = stop.is_set()
                socket = WebSocket(team.server, {"Authorization": f"Bearer {team.token('guest')}"}, {"since": cursor})
                with socket:
                    assert socket.established["recovered"] is True
                    if last and socket.established["behind"]:
                        socket.wait_for_seq(head)
                    elif socket.established["behind"]:
                        socket.wait_for(lambda event: event.seq is not None)
                seen += [event.seq for event in socket.durable()]
                if socket.durable():
                    cursor = cursor_after(socket, socket.durable()[-1])
                if last:
                    return
        except Exception as error:
            failures.append(error)

    readers = [team.stream("sse"), team.socket("ws"), team.socket("ws")]
    seen = []
    guest = threading.Thread(target=come_and_go, args=(seen,))
    writers = [threading.Thread(target=write, args=(f"writer{i}",)) for i in range(3)]
    for thread in [guest, *writers]:
        thread.start()
    for writer in writers:
        writer.join()
    head = seq_of(team.api().head())
    stop.set()
    guest.join(DEADLINE)
    assert failures == [] and not guest.is_alive()
    for reader in readers:
        reader.wait_for_seq(head)
        assert_dense([event.seq for event in reader.durable()], seq_of(start) + 1)
        assert reader.durable()[-1].seq == head
    assert_dense(seen, seq_of(start) + 1)
    assert seen[-1] == head


# Who may come in.


def cookie(team):
    return {"Cookie": f"boardcast_session={team.token('ann')}"}


def open_socket(team, headers=None, origin=None, **params):
    return team.keep(WebSocket(team.server, headers, params, origin))


def test_a_token_may_be_in_the_header(team):
    assert team.socket("ann").established["userId"] == "ann"


def test_a_token_may_be_in_the_query(team):
    assert open_socket(team, token=team.token("ann")).established["userId"] == "ann"


def test_a_ticket_is_good_for_one_socket(team):
    ticket = ok(team.api("ann").post("/sse/ticket")).json()["ticket"]
    assert open_socket(team, ticket=ticket).established["userId"] == "ann"

    assert refusal(team.server, params={"ticket": ticket}).status_code == 401


def test_a_cookie_counts(team):
    assert open_socket(team, cookie(team)).established["userId"] == "ann"


def test_a_cookie_counts_from_the_own_origin(team):
    assert open_socket(team, cookie(team), origin=team.server.url).established["userId"] == "ann"


def test_the_first_frame_may_bring_the_token(team):
    socket = open_socket(team, board="main")
    socket.say("auth", token=team.token("ann"))
    assert socket.established["userId"] == "ann" and socket.events[0].type == "connection.established"
    api = team.api("ben")
    api.create_task("heard")
    socket.wait_for_seq(api.last_seq)


@pytest.mark.parametrize("token", [
    "nonsense", "", None, 7, tokens.mint(ttl=-3600), tokens.sign(tokens.claims(), key="k" * 64),
], ids=["garbage", "empty", "absent", "a number", "expired", "another key"])
def test_a_bad_first_frame_is_closed_with_4001(team, token):
    socket = open_socket(team)
    socket.say("auth", **({} if token is None else {"token": token}))
    assert socket.wait_for_code() == 4001
    assert "connection.established" not in socket.types()


def test_another_first_frame_than_auth_is_closed_with_4001(team):
    socket = open_socket(team)
    socket.say("subscribe", boards=["main"])
    assert socket.wait_for_code() == 4001
    assert "connection.established" not in socket.types()


def test_without_a_token_the_connection_is_closed_with_4001(team):
    """After 5 s of silence; nothing is told until then."""
    socket = open_socket(team)
    team.api("ben").create_task("not for strangers")
    assert socket.wait_for_code() == 4001
    assert all(event.seq is None for event in socket.events) and "connection.established" not in socket.types()


def test_a_socket_sees_its_own_tenant_alone(team, make_team):
    other = make_team(team.server)
    mine, theirs = team.socket("ann"), other.socket("ann")
    other.api("eve").create_task("theirs")
    team.api("ben").create_task("mine")
    team.fence(mine)
    other.fence(theirs)
    assert [event["task"]["name"] for event in mine.durable() if "task" in event.data] == ["mine"]
    assert [event["task"]["name"] for event in theirs.durable() if "task" in event.data] == ["theirs"]


# What a client may say.


def test_ping_is_answered_with_pong(team):
    socket = team.socket("ann")
    socket.ping()
    socket.ping()
    assert socket.types().count("pong") == 2


def test_a_protocol_ping_is_answered(team):
    socket = team.socket("ann")
    assert socket.connection.ping(b"payload").wait(DEADLINE), "the pong came, with the same payload"


def test_subscribing_adds_boards_and_unsubscribing_takes_them_away(team):
    admin = team.admin()
    for board in ("side", "third"):
        admin.create_board(board)
    socket = team.socket("ann", board="main")
    api = team.api("ben")

    def heard():
        before = len(socket.durable())
        for board in ("main", "side", "third"):
            api.create_task("somewhere", boardId=board)
        team.fence(socket)
        return {event["boardId"] for event in socket.durable()[before:] if event.type == "task.created"}

    def heard_after(type, *boards):
        socket.say(type, boards=list(boards))
        socket.ping()
        team.fence(socket)
        return heard()

    assert heard() == {"main"}
    assert heard_after("subscribe", "side") == {"main", "side"}
    assert heard_after("subscribe", "side", "third") == {"main", "side", "third"}
    assert heard_after("unsubscribe", "main", "third") == {"side"}
    assert heard_after("unsubscribe", "side") == set()
    assert heard_after("subscribe", "main") == {"main"}
    assert not socket.of_type("error")


@pytest.mark.parametrize("types", [["task.created", "test.*"], "task.created,test.*"], ids=["array", "list"])
def test_subscribing_chooses_types(team, types):
    socket = team.socket("ann", board="main")
    socket.say("subscribe", boards=["main"], types=types)
    socket.ping()
    api = team.api("ben")
    task = api.create_task("new")
    api.patch_task(task["id"], {"name": "changed"})
    team.fence(socket)
    assert [event.type for event in socket.durable()] == ["task.created", "test.fence"]


def test_subscribing_since_a_cursor_replays(team):
    team.admin().create_board("side")
    api = team.api("ben")
    start = api.head()
    for i in range(10):
        api.create_task(f"task {i}", boardId="side")
    team.admin().create_board("quiet")
    socket = team.socket("ann", board="quiet")
    socket.say("subscribe", boards=["side"], since=start)
    socket.wait_for_seq(api.last_seq)
    api.create_task("live", boardId="side")
    socket.wait_for_seq(api.last_seq)
    names = [event["task"]["name"] for event in socket.durable() if event.type == "task.created"]
    assert names == [f"task {i}" for i in range(10)] + ["live"]


def test_subscribing_since_a_cursor_of_another_life_is_a_resync(team):
    api = team.api("ben")
    api.create_task("before")
    socket = team.socket("ann", board="main")
    socket.say("subscribe", boards=["main"], since="1-00000000")
    assert socket.wait_for_type("stream.resync")["reason"] == "epoch_changed"
    api.create_task("after")
    socket.wait_for_seq(api.last_seq)


def test_typing_is_told_to_others(team):
    task = team.api("ben").create_task("typed into")
    stream, socket = team.stream("ben"), team.socket("ann")
    socket.say("typing", boardId="main", taskId=task["id"], typing=True)
    told = stream.wait_for_type("typing")
    assert {name: told[name] for name in ("boardId", "taskId", "userId", "typing")} == {
        "boardId": "main", "taskId": task["id"], "userId": "ann", "typing": True,
    }


MISTAKES = {
    "an unknown type": '{"type":"dance"}',
    "no type": '{"boards":["main"]}',
    "a type that is no string": '{"type":7}',
    "not JSON": "{nonsense",
    "not an object": '["subscribe"]',
    "nothing": "",
    "a member twice": '{"type":"ping","type":"subscribe"}',
    "boards that are no array": '{"type":"subscribe","boards":7}',
    "a board that cannot exist": '{"type":"subscribe","boards":["No Such Board!"]}',
    "a board that does not exist": '{"type":"subscribe","boards":["nowhere"]}',
    "types that are none": '{"type":"subscribe","boards":["main"],"types":[{}]}',
    "typing into nothing": '{"type":"typing","boardId":"main","taskId":999999,"typing":true}',
    "typing without a task": '{"type":"typing","boardId":"main","typing":true}',
    "too deep": '{"type":' + "[" * 2000 + "]" * 2000 + "}",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_and_the_connection_stays(team, mistake):
    socket = team.socket("ann")
    socket.connection.send(MISTAKES[mistake])
    error = socket.wait_for_type("error")
    assert any(isinstance(error.data.get(name), str) and error[name] for name in ("code", "detail", "message"))
    assert error.seq is None
    socket.ping()
    api = team.api("ben")
    api.create_task("still heard")
    socket.wait_for_seq(api.last_seq)


def test_an_error_repeats_no_token(team):
    socket = team.socket("ann")
    token = team.token("ben")
    socket.say("dance", token=token)
    error = socket.wait_for_type("error")
    assert token not in str(error.data) and token not in team.server.log()


@pytest.mark.parametrize("board", ["side", "nowhere"])
def test_a_board_beyond_the_token_cannot_be_subscribed_to(team, board):
    team.admin().create_board("side")
    socket = team.socket("ann", claims={"boards": ["main"]})
    socket.say("subscribe", boards=[board])
    eventually(lambda: socket.of_type("error") or socket.closed, "it is refused")
    if socket.closed:
        assert socket.connection.close_code == 4003
        return
    team.api("ben").create_task("not for ann", boardId="side")
    team.fence(socket)
    assert [event.type for event in socket.durable()] == ["test.fence"]


def test_a_board_of_another_tenant_cannot_be_subscribed_to(team, make_team):
    other = make_team(team.server)
    other.admin().create_board("theirs")
    socket = team.socket("ann")
    socket.say("subscribe", boards=["theirs"])
    socket.wait_for_type("error")
    other.api("eve").create_task("theirs", boardId="theirs")
    other.fence(other.stream("eve"))
    team.fence(socket)
    assert [event.type for event in socket.durable()] == ["test.fence"]


# How a connection ends.


def test_a_board_beyond_the_token_of_the_first_frame_is_4003(team):
    team.admin().create_board("side")
    socket = open_socket(team, board="side")
    socket.say("auth", token=team.token("ann", boards=["main"]))
    assert socket.wait_for_code() == 4003


def test_an_expired_token_ends_it_with_4001(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_AUTH_LEEWAY_SECONDS": "0"}))
    socket = team.socket("ann", claims={"ttl": 2})
    check_closing(socket.wait_for_type("stream.closing"), "token_expired", reconnect=False)
    assert socket.wait_for_code() == 4001
    assert socket.types()[-1] == "stream.closing"


def test_a_token_near_its_end_is_told(team):
    assert team.socket("ann", claims={"ttl": 20}).wait_for_type("token.expiring")["expiresAt"]


def test_a_revoked_user_is_cut_with_4001(team):
    victim, neighbour = team.socket("ann"), team.socket("ben")
    ok(team.admin().post("/api/revocations", {"sub": "ann"}), 201)
    check_closing(victim.wait_for_type("stream.closing"), "revoked")
    assert victim.wait_for_code() == 4001
    team.fence(neighbour)


def test_an_admin_ends_it(team):
    socket = team.socket("ann")
    ok(team.admin().delete(f"/sse/connections/{socket.established['connectionId']}", params={"reconnect": "false"}))
    check_closing(socket.wait_for_type("stream.closing"), "admin", reconnect=False)
    socket.wait_for_end()
    assert socket.connection.close_code is not None and socket.connection.close_code != 1006


def test_a_clients_close_is_answered_and_its_place_is_free(team):
    admin = team.admin()
    socket = team.socket("ann")
    assert admin.stats()["totalConnections"] == 1
    socket.connection.close(1000)
    assert socket.connection.close_code == 1000
    eventually(lambda: admin.stats()["totalConnections"] == 0, "the connection left the count")


def test_stats_tell_the_transports_apart(team):
    socket, stream = team.socket("ann"), team.stream("ben")
    found = {info["id"]: info for info in team.admin().stats()["connections"]}
    ours, other = found[socket.established["connectionId"]], found[stream.established["connectionId"]]
    assert ours["transport"] != other["transport"] and ours["boards"] == ["main"]


def test_a_drain_closes_with_1001(start_server, make_team):
    server = start_server({"BOARDCAST_SERVER_DRAIN_SECONDS": "2"})
    socket = make_team(server).socket("ann")
    server.terminate()
    check_closing(socket.wait_for_type("stream.closing"), "server_draining", reconnect=True)
    assert socket.wait_for_code() == 1001
    assert server.process.wait(DEADLINE) == 0


def test_a_silent_client_stays(start_server, make_team):
    """The library answers the server's pings by itself, so that it is not taken for dead."""
    server = start_server({"BOARDCAST_SSE_HEARTBEAT_SECONDS": "1"})
    team = make_team(server)
    socket = team.socket("ann")
    stream = team.stream("ben")
    eventually(lambda: sum("heartbeat" in frame.comments for frame in stream.frames()) >= 3, "three heartbeats")
    socket.ping()


def test_sockets_and_streams_share_the_limit_of_a_user(start_server, make_team):

    server = start_server({"BOARDCAST_LIMITS_CONNECTIONS_PER_USER": "1"})
    team = make_team(server)
    team.socket("ann")
    refused = refusal(server, {"Authorization": f"Bearer {team.token('ann')}"})
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) >= 1
    with Stream(server.url + "/sse/connect", team.token("ann")) as stream:
        check_closing(stream.wait_for_type("stream.closing"), "limit_reached", reconnect=True)
    assert team.socket("ben").established
