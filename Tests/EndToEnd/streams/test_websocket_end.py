"""How a WebSocket ends, and with which close code."""

from listener import check_closing
from rest import ok
from sse import Stream
from waiting import DEADLINE, eventually
from ws import open_socket, refusal


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
