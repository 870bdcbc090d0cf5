"""Keys fetched from a URL: rotated, gone, junk, slow, and asked for by made-up tokens."""

import json
import threading
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from issuer import Issuer
from rest import Api, ok, problem, status
from sse import Stream, refused
from tokens import SECRET, claims, sign
from waiting import DEADLINE, eventually
from ws import WebSocket


@pytest.fixture
def issuer():
    issuer = Issuer()
    issuer.rotate("one")
    yield issuer
    issuer.close()


def start(start_server, issuer, **env):
    return start_server({"BOARDCAST_AUTH_JWKS_URL": issuer.url, **env}, secret=None)


def ready(server):
    return Api(server.url).get("/readyz").status_code


def test_keys_are_there_at_the_start(start_server, issuer):
    server = start(start_server, issuer)
    assert ready(server) == 200
    assert status(server, issuer.token("one")) == 200
    stranger = Issuer()
    stranger.rotate("one")
    assert status(server, stranger.token("one")) == 401
    stranger.close()


def call(server, token):
    assert status(server, token) == 200


def stream(server, token):
    with Stream(server.url + "/sse/connect", token) as stream:
        assert stream.established


def socket(server, token):
    with WebSocket(server, headers={"Authorization": f"Bearer {token}"}) as socket:
        assert socket.established


def stranger(server, token):
    with WebSocket(server) as socket:
        socket.say("auth", token=token)
        socket.ping()
        assert socket.established


@pytest.mark.parametrize("way", [call, stream, socket, stranger])
def test_the_first_token_with_a_new_key_is_taken(start_server, issuer, way):
    server = start(start_server, issuer)
    old = issuer.token("one")
    issuer.rotate("one", "two")
    way(server, issuer.token("two"))
    assert issuer.asked == 2
    assert status(server, old) == 200


def test_a_stream_is_renewed_with_a_new_key(start_server, issuer):
    server = start(start_server, issuer)
    with Stream(server.url + "/sse/connect", issuer.token("one")) as one, WebSocket(
        server, headers={"Authorization": f"Bearer {issuer.token('one')}"}
    ) as two:
        issuer.rotate("one", "two")
        two.say("auth", token=issuer.token("two", exp=int(time.time()) + 7200))
        two.wait_for_type("token.renewed")
        renewal = Api(server.url, issuer.token("two")).post(f"/sse/connections/{one.established['connectionId']}/token")
        ok(renewal, 204)


def in_the_background(work, *arguments):
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


def test_all_who_come_with_a_new_key_wait_for_one_fetch(start_server, issuer):
    """And nobody else does: who has a known key is answered meanwhile."""
    server = start(start_server, issuer)
    issuer.rotate("one", "two")
    issuer.hold.clear()
    outcomes = []
    new = issuer.token("two")
    askers = [in_the_background(lambda: outcomes.append(status(server, new))) for _ in range(8)]
    assert issuer.waiting.wait(DEADLINE)
    stream(server, issuer.token("one"))
    assert not outcomes, "they wait"
    issuer.hold.set()
    for asker in askers:
        asker.join(DEADLINE)
    assert outcomes == [200] * 8 and issuer.asked == 2


def test_a_wait_ends_although_the_issuer_is_silent(start_server, issuer):
    server = start(start_server, issuer)
    issuer.hold.clear()
    made_up = sign(claims(), issuer.private["one"], "ES256", headers={"kid": "made up"})
    assert status(server, made_up) == 401
    assert issuer.waiting.is_set(), "the answer came before that of the issuer"
    issuer.hold.set()


def test_a_flood_of_made_up_keys_costs_one_fetch_and_holds_nobody_up(start_server, issuer):
    server = start(start_server, issuer)
    good = issuer.token("one")
    for number in range(200):
        made_up = sign(claims(), issuer.private["one"], "ES256", headers={"kid": f"made up {number}"})
        assert status(server, made_up) == 401
        if number % 10 == 0:
            assert status(server, good) == 200
            assert refused(server.url + "/sse/connect", made_up).status_code == 401
    assert issuer.asked == 2, "one at the start, one for them all"


def test_a_key_id_without_a_set_to_fetch_is_refused_at_once(server):
    assert status(server, sign(claims(), key="k" * 40, headers={"kid": "made up"})) == 401


@pytest.mark.parametrize("trouble", ["junk", "gone", "empty", "error", "redirect"])
def test_while_there_is_trouble_the_keys_stay(start_server, issuer, trouble):
    server = start(start_server, issuer)
    good = issuer.token("one")
    elsewhere = Issuer()
    elsewhere.rotate("evil")
    if trouble == "junk":
        issuer.junk = b"<html>not a key set, though the status is 200</html>"
    elif trouble == "empty":
        issuer.junk = b'{"keys": []}'
    elif trouble == "error":
        issuer.status = 500
        issuer.rotate("one", "evil")
    elif trouble == "redirect":
        issuer.status, issuer.headers = 302, {"Location": elsewhere.url}
    else:
        issuer.http.shutdown()
        issuer.http.server_close()
    evil = issuer.token("evil") if trouble == "error" else elsewhere.token("evil")
    assert status(server, evil) == 401
    eventually(lambda: "stay as they were" in server.log(), "the failure is in the log")
    assert elsewhere.asked == 0, "no redirect is followed"
    assert status(server, good) == 200
    assert status(server, evil) == 401
    assert ready(server) == 200
    elsewhere.close()


def test_without_a_key_the_server_starts_and_is_not_ready(start_server, issuer):
    issuer.status = 503
    server = start(start_server, issuer)
    assert problem(Api(server.url).get("/readyz"), 503)["code"] == "no_keys"
    ok(Api(server.url).get("/healthz"), 200)
    refused = Api(server.url, issuer.token("one")).get("/api/tasks")
    assert "no key fits" in problem(refused, 401)["detail"]
    assert "no keys yet" in server.log()
    issuer.status = 200
    eventually(lambda: ready(server) == 200, "the keys come")
    assert status(server, issuer.token("one")) == 200


def test_a_slow_issuer_does_not_keep_the_server_from_starting(start_server, issuer):
    issuer.hold.clear()
    server = start(start_server, issuer, BOARDCAST_AUTH_SECRET=SECRET)
    assert status(server, sign(claims())) == 200
    assert "no whole answer" in server.log()
    issuer.hold.set()
    eventually(lambda: status(server, issuer.token("one")) == 200, "the keys come")


def test_an_answer_beyond_the_bound_is_refused(start_server, issuer):
    issuer.junk = issuer.jwks()[:-1] + b" " * (1 << 20) + b"}"
    server = start(start_server, issuer)
    assert ready(server) == 503
    assert "longer than" in server.log()


def test_a_secret_from_a_url_is_none(start_server, issuer):
    key = {"kty": "oct", "kid": "one", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0i"}
    issuer.junk = json.dumps({"keys": [key]}).encode()
    assert ready(start(start_server, issuer)) == 503


def test_a_rotation_may_change_the_algorithm(start_server, issuer):
    server = start(start_server, issuer)
    key = ed25519.Ed25519PrivateKey.generate()
    jwk = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key()))
    issuer.junk = json.dumps({"keys": [{**jwk, "kid": "two"}]}).encode()
    new = sign(claims(), key, "EdDSA", headers={"kid": "two"})
    eventually(lambda: status(server, new) == 200, "the new key is fetched")
    assert status(server, issuer.token("one")) == 401, "the old key is no longer in the set"


def test_with_an_issuer_the_keys_are_for_its_tokens_alone(start_server, issuer):
    server = start(start_server, issuer, BOARDCAST_AUTH_ISSUER="https://id.example")
    assert status(server, issuer.token("one", iss="https://id.example")) == 200
    assert status(server, issuer.token("one", iss="https://other.example")) == 401
    assert status(server, issuer.token("one")) == 401
