"""Limits of writes and of bad tokens, as a client meets them."""

import threading

import pytest

from rest import Api, ok, problem
from tokens import assemble, b64url, claims, mint
from waiting import eventually
from wire import Wire

#: Slow enough that nothing recovers while a test runs.
SLOW = {"BOARDCAST_LIMITS_WRITES_PER_SECOND": "1", "BOARDCAST_LIMITS_WRITE_BURST": "5"}
FEW_FAILURES = {"BOARDCAST_LIMITS_AUTH_FAILURES_PER_SECOND": "1", "BOARDCAST_LIMITS_AUTH_FAILURE_BURST": "5"}


def bad(number):
    """A well-formed token with a signature of nobody's."""
    return assemble({"alg": "HS256"}, claims(jti=str(number)), lambda signed: bytes(32))


def answer_to_bad(api, number, path="/api/tasks"):
    """On the connection that `api` has, so that no time passes in which the server forgets."""
    return api.get(path, headers={"Authorization": f"Bearer {bad(number)}"})


def write_until_refused(api, most=100):
    for _ in range(most):
        answer = api.post("/api/tasks", {"name": "x"})
        if answer.status_code == 429:
            return answer
        assert answer.status_code == 201
    raise AssertionError("never refused")


def test_a_write_beyond_the_rate_is_told_when_to_come_back(start_server, make_team):
    team = make_team(start_server(SLOW))
    ann = team.api("ann")
    first = ok(ann.post("/api/tasks", {"name": "x"}), 201)
    assert first.headers["RateLimit-Policy"] == '"writes";q=5;w=5'
    assert first.headers["RateLimit"] == '"writes";r=4;t=4'
    refused = write_until_refused(ann)
    assert problem(refused, 429)["code"] == "rate_limited"
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["RateLimit"].startswith('"writes";r=0;t=')
    ok(ann.get("/api/tasks"), 200)
    ok(team.api("bob").post("/api/tasks", {"name": "x"}), 201)


def test_a_refused_body_is_not_waited_for(start_server, make_team):
    team = make_team(start_server(SLOW))
    write_until_refused(team.api("ann"))
    with Wire(team.server) as wire:
        head = f"POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {team.token('ann')}\r\n"
        wire.send(f"{head}Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n".encode())
        answer = wire.head()
        assert answer.status == 429, "answered before the body is there"
        assert answer.header("connection") == "close"


def test_bad_tokens_beyond_the_rate_are_told_to_wait_and_good_ones_never(start_server):
    server = start_server(FEW_FAILURES)
    good = Api(server.url, mint())
    stranger = Api(server.url)
    answers = [answer_to_bad(stranger, number) for number in range(12)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[:5] == [401] * 5 and 429 in statuses, statuses
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert problem(refused, 429)["code"] == "rate_limited" and int(refused.headers["Retry-After"]) >= 1
    ok(good.get("/api/tasks"), 200)
    answers = [answer_to_bad(stranger, f"stream {number}", "/sse/connect") for number in range(12)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert problem(refused, 429)["code"] == "rate_limited", "a stream that no retry mends is refused plainly"
    assert Api(server.url).get("/api/tasks").status_code == 401, "no token is no bad token"


@pytest.mark.parametrize("trusted", [True, False])
def test_behind_a_proxy_each_client_counts_for_itself_if_the_proxy_is_trusted(start_server, trusted):
    proxies = {"BOARDCAST_HTTP_TRUSTED_PROXIES": "127.0.0.0/8"} if trusted else {}
    server = start_server({**FEW_FAILURES, **proxies})

    def statuses(client, path):
        api = Api(server.url, bad(b64url(client.encode())))
        return [api.get(path, headers={"X-Forwarded-For": client}).status_code for _ in range(8)]

    assert 429 in statuses("198.51.100.7", "/api/tasks")
    for path in ("/api/tasks", "/sse/connect"):
        first = statuses(f"198.51.100.{8 + len(path)}", path)[0]
        assert first == (401 if trusted else 429)


def test_a_tenant_that_floods_takes_nothing_from_another(start_server, make_team):
    """Writes and connections far beyond a quota: the other's writes are never refused, and its events all arrive."""
    server = start_server({**SLOW, "BOARDCAST_LIMITS_WRITE_BURST": "60", "BOARDCAST_LIMITS_CONNECTIONS_PER_USER": "3",
                           "BOARDCAST_LIMITS_CONNECTIONS_PER_TENANT": "10"})
    noisy, calm = make_team(server), make_team(server)
    done = threading.Event()
    refused = []

    def flood(number):
        token = noisy.token(f"loud-{number % 2}")
        while not done.is_set():
            api = Api(server.url, token)
            for _ in range(20):
                if api.post("/api/tasks", {"name": "noise"}).status_code == 429:
                    refused.append("write")
            with api.http.stream("GET", "/sse/connect", headers={"Connection": "close"}) as answer:
                for line in answer.iter_lines():
                    if '"stream.closing"' in line:
                        refused.append("stream")
                    if line.startswith("data:"):
                        break
            api.close()

    held = [noisy.stream("loud-0") for _ in range(3)]
    threads = [threading.Thread(target=flood, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        stream = calm.stream("eve")
        eve = calm.api("eve")
        made = [eve.create_task(f"calm {number}")["id"] for number in range(50)]
        eventually(lambda: {"write", "stream"} <= set(refused), "the flood is refused both ways")
        eve.patch_task(made[0], {"name": "calm still"})
    finally:
        done.set()
        for thread in threads:
            thread.join()
    stream.wait_for_seq(eve.last_seq)
    assert [event["taskId"] for event in stream.durable()] == made + made[:1]
    assert all(not stream.closed for stream in held)
