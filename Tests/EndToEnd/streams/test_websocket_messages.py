"""What a client may say on a WebSocket, and what it is answered."""

import pytest

from waiting import DEADLINE, eventually


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
