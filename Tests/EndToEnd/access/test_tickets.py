"""Tickets: one stream each, and no more than their token."""

import subprocess
import threading

from rest import Api, ok, problem
from sse import Refused, Stream, refused


def make(team, **claims):
    body = ok(team.api(**claims).post("/sse/ticket"), 200).json()
    assert set(body) == {"ticket", "expiresIn"} and body["expiresIn"] == 30
    return body["ticket"]


def why_refused(team, ticket):
    return problem(refused(team.server.url + "/sse/connect", params={"ticket": ticket}), 401)["detail"]


def test_a_ticket_opens_one_stream(team):
    ticket = make(team)
    with Stream(team.server.url + "/sse/connect", params={"ticket": ticket}) as stream:
        assert stream.established["userId"] == "ann"
        api = team.api()
        api.create_task("seen")
        stream.wait_for_seq(api.last_seq)
    assert why_refused(team, ticket) == why_refused(team, ticket[::-1]) == why_refused(team, "x")


def test_a_ticket_opens_a_stream_of_a_tenant_that_nobody_is_connected_to(team):
    """Its feed has to be loaded first; the ticket is still good once."""
    for _ in range(3):
        with Stream(team.server.url + "/sse/connect", params={"ticket": make(team)}) as stream:
            assert stream.established


def test_a_ticket_shows_what_its_token_shows(team):
    admin = team.admin()
    admin.create_board("side")
    ticket = make(team, boards=["side"])
    with Stream(team.server.url + "/sse/connect", params={"ticket": ticket}) as stream:
        assert stream.established["boards"] == ["side"]
        admin.create_task("hidden", boardId="main")
        admin.create_task("shown", boardId="side")
        stream.wait_for_seq(admin.last_seq)
        assert [event["boardId"] for event in stream.durable()] == ["side"]


def test_curl_follows_by_ticket(team):
    process = subprocess.Popen(
        ["curl", "-sN", f"{team.server.url}/sse/connect?ticket={make(team)}"], stdout=subprocess.PIPE, text=True)
    try:
        lines = iter(process.stdout.readline, "")
        assert any("connection.established" in line for line in lines)
        team.api().create_task("for curl")
        assert any('"name":"for curl"' in line for line in lines)
    finally:
        process.kill()
        process.wait()


def test_of_many_who_come_with_one_ticket_one_is_let_in(team):
    ticket = make(team)
    admitted, barrier = [], threading.Barrier(8)

    def come():
        barrier.wait()
        try:
            admitted.append(Stream(team.server.url + "/sse/connect", params={"ticket": ticket}))
        except Refused:
            pass

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(admitted) == 1
    admitted[0].close()


def test_a_ticket_is_made_with_a_token_and_used_on_streams_alone(team):
    problem(Api(team.server.url).post("/sse/ticket"), 401)
    ticket = make(team)
    problem(Api(team.server.url, ticket).get("/api/tasks"), 401)
    assert Api(team.server.url).get("/api/tasks", params={"ticket": ticket}).status_code in (400, 401)


def test_the_33rd_ticket_of_a_user_makes_the_first_worthless(team):
    tickets = [make(team) for _ in range(33)]
    other = make(team, sub="ben")
    why_refused(team, tickets[0])
    for ticket in (tickets[1], tickets[32], other):
        Stream(team.server.url + "/sse/connect", params={"ticket": ticket}).close()
