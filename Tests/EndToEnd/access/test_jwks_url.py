"""Keys fetched from a URL: rotated, gone, junk, slow."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from issuer import Issuer
from rest import Api, ok, problem, status
from tokens import SECRET, claims, sign
from waiting import eventually


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


def test_a_rotated_key_works_after_the_first_token_that_names_it(start_server, issuer):
    server = start(start_server, issuer)
    old = issuer.token("one")
    issuer.rotate("one", "two")
    new = issuer.token("two")
    refused = Api(server.url, new).get("/api/tasks")
    assert "no key fits" in problem(refused, 401)["detail"]
    eventually(lambda: status(server, new) == 200, "the new key is fetched")
    assert status(server, old) == 200
    asked = issuer.asked
    for _ in range(50):
        unknown = sign(claims(), issuer.private["two"], "ES256", headers={"kid": "three"})
        assert status(server, unknown) == 401
    assert issuer.asked <= asked + 1, "nobody makes us ask again and again"


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
