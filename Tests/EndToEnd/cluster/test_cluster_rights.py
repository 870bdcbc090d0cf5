"""Who may be there, on several gateways as on one."""

import threading

from cluster import Frozen, open_ticket
from rest import Api, ok, problem
from sse import Refused, Stream, refused
from waiting import eventually


def closing(stream):
    stream.wait_for_end()
    return stream.of_type("stream.closing")[-1].data


def test_a_token_revoked_on_one_node_is_cut_and_refused_on_all(three, everywhere):
    team = everywhere(three.servers)
    streams = [team[number].stream("ann", claims={"jti": "t"}) for number in range(3)]
    socket = team[2].socket("ann", claims={"jti": "t"})
    kept = [team[number].stream("ben", claims={"jti": "u"}) for number in range(3)]
    ok(team[0].admin().post("/api/revocations", {"jti": "t"}), 201)
    for stream in streams:
        assert closing(stream)["reason"] == "revoked"
    socket.wait_for_end()
    for server in three.servers:
        eventually(
            lambda: Api(server.url, team[0].token("ann", jti="t")).get("/api/tasks").status_code == 401, "it is refused")
    assert not any(stream.closed for stream in kept)


def test_a_node_that_starts_later_knows_what_was_revoked(two, everywhere):
    team = everywhere(two.servers)
    ok(team[0].admin().post("/api/revocations", {"sub": "ann"}), 201)
    late = two.start("late")
    answer = Api(late.url, team[0].token("ann", iat=1_700_000_000)).get("/api/tasks")
    assert problem(answer, 401)["detail"] == "the token was revoked"


def test_an_admin_cuts_connections_of_other_nodes(two, everywhere):
    team = everywhere(two.servers)
    admin = team[0].admin()
    two.wait_for_each_other(admin, 2)
    one = team[1].stream("ann")
    answer = ok(admin.delete(f"/sse/connections/{one.established['connectionId']}")).json()
    assert answer["connections"] == 1
    assert closing(one)["reason"] == "admin"
    assert problem(admin.delete(f"/sse/connections/{one.established['connectionId']}"), 404)

    here, there, other = team[0].stream("ann"), team[1].stream("ann"), team[1].stream("ben")
    assert ok(admin.delete("/sse/users/ann/connections")).json()["connections"] == 2
    for stream in (here, there):
        assert closing(stream)["reason"] == "admin"
    assert not other.closed


def test_a_connection_is_renewed_through_another_node(two, everywhere):
    team = everywhere(two.servers)
    two.wait_for_each_other(team[0].admin(), 2)
    stream = team[1].stream("ann", claims={"jti": "old"})
    url = f"/sse/connections/{stream.established['connectionId']}/token"
    ok(Api(two.servers[0].url, team[0].token("ann", jti="new")).post(url), 204)
    assert Api(two.servers[0].url, team[0].token("ben")).post(url).status_code == 403
    ok(team[0].admin().post("/api/revocations", {"jti": "old"}), 201)
    team[1].fence(stream)
    ok(team[0].admin().post("/api/revocations", {"jti": "new"}), 201)
    assert closing(stream)["reason"] == "revoked"


def test_a_ticket_of_one_node_opens_one_stream_on_any(two, everywhere):
    team = everywhere(two.servers)
    make = lambda: ok(team[0].api().post("/sse/ticket"), 200).json()["ticket"]
    ticket = make()
    with open_ticket(two.servers[1], ticket) as stream:
        assert stream.established["userId"] == "ann"
    for server in two.servers:
        assert problem(refused(server.url + "/sse/connect", params={"ticket": ticket}), 401)

    # However many ask at once, on whichever node.
    for _ in range(5):
        ticket, opened, begin = make(), [], threading.Barrier(8)

        def attempt(number):
            begin.wait()
            try:
                opened.append(open_ticket(two.servers[number % 2], ticket))
            except Refused:
                pass

        threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(opened) == 1
        opened[0].close()


def test_a_revoked_tokens_ticket_is_refused_on_every_node(two, everywhere):
    team = everywhere(two.servers)
    ticket = ok(team[0].api(jti="t").post("/sse/ticket"), 200).json()["ticket"]
    gone = team[1].stream("ann", claims={"jti": "t"})
    ok(team[0].admin().post("/api/revocations", {"jti": "t"}), 201)
    assert closing(gone)["reason"] == "revoked"
    answer = problem(refused(two.servers[1].url + "/sse/connect", params={"ticket": ticket}), 401)
    assert answer["detail"] == "the token was revoked"


def test_a_node_that_stood_still_carries_out_what_it_missed(two, everywhere):
    team = everywhere(two.servers)
    stream = team[1].stream("ann", claims={"jti": "t"})
    with Frozen(two.servers[1]):
        ok(team[0].admin().post("/api/revocations", {"jti": "t"}), 201)
    assert closing(stream)["reason"] in ("revoked", "server_draining")
    eventually(
        lambda: Api(two.servers[1].url, team[1].token("ann", jti="t")).get("/api/tasks").status_code == 401,
        "the token is refused there")
