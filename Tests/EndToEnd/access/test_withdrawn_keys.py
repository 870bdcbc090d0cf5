"""A key that is gone from a set opens nothing any more, and what it opened ends."""

import signal
import time

import pytest

from issuer import Issuer
from rest import Api, ok, status
from sse import Stream
from tokens import SECRET, claims, sign
from waiting import eventually
from ws import WebSocket

OLD, NEW = "the old secret, which somebody has stolen from us", "the new secret, which nobody but us has any copy of"


def open_stream(server, token, path="/sse/connect"):
    stream = Stream(server.url + path, token)
    stream.wait_until(lambda: stream.events, "the first event")
    return stream


def open_socket(server, token):
    socket = WebSocket(server, {"Authorization": f"Bearer {token}"})
    assert socket.established
    return socket


def hang_up(server):
    """SIGHUP; returns when the settings have been read again, and the time of that."""
    before = server.log().count("settings read anew")
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: server.log().count("settings read anew") > before, "the reload", every=0.005)
    return time.monotonic()


def check_ended(listener, since):
    closing = listener.wait_for_type("stream.closing")
    assert closing["reason"] == "revoked" and closing.data["reconnect"] is False
    listener.wait_for_end()
    assert time.monotonic() - since < 1.0


@pytest.fixture
def secrets(start_server, tmp_path):
    """A server whose secret is in a file, beside one in its environment."""
    file = tmp_path / "secret"
    file.write_text(OLD)
    return start_server({"BOARDCAST_AUTH_SECRET_FILE": str(file)}), file


def test_a_secret_that_a_reload_takes_away_ends_what_it_opened(secrets):
    server, file = secrets
    old, stays = sign(claims(), OLD), sign(claims(), SECRET)
    api = Api(server.url, old)
    job = ok(api.post("/api/jobs", {"name": "j"}), 202).json()["job"]["id"]
    gone = [open_stream(server, old), open_socket(server, old), Stream(server.url + "/api/events/stream", old)]
    gone_job = open_stream(server, old, f"/api/jobs/{job}/stream")
    kept = [open_stream(server, stays), open_socket(server, stays)]
    hang_up(server)
    assert not any(listener.closed for listener in [*gone, gone_job]), "the key is still there"

    file.write_text(NEW)
    since = hang_up(server)
    for listener in gone[:2]:
        check_ended(listener, since)
    for listener in [gone[2], gone_job]:
        listener.wait_for_end()
        assert time.monotonic() - since < 1.0
    assert status(server, old) == 401 and status(server, stays) == 200
    new = sign(claims(), NEW)
    seq = Api(server.url, new).create_task("after") and Api(server.url, new).events()["events"][-1]["seq"]
    for listener in kept:
        assert listener.wait_for_seq(seq) and not listener.closed
    assert "connections=4" in server.log()
    for listener in [*gone, gone_job, *kept]:
        listener.close()


@pytest.fixture
def issuer():
    issuer = Issuer()
    issuer.rotate("one", "two")
    yield issuer
    issuer.close()


def test_a_key_that_is_gone_from_the_url_ends_what_it_opened(start_server, issuer):
    server = start_server({"BOARDCAST_AUTH_JWKS_URL": issuer.url}, secret=None)
    withdrawn = issuer.token("one")
    gone, kept = open_stream(server, withdrawn), open_stream(server, issuer.token("two"))
    issuer.rotate("two", "three")
    # The set is fetched because of a token of the new key, for which the answer is its arrival.
    eventually(lambda: status(server, issuer.token("three")) == 200, "the new set is fetched", every=0.005)
    check_ended(gone, time.monotonic())
    assert status(server, withdrawn) == 401
    seq = Api(server.url, issuer.token("three")).create_task("after") and 1
    assert kept.wait_for_seq(seq) and not kept.closed
    gone.close()

    # A reload has the set fetched again, so that an operator need not wait for the next time.
    issuer.rotate("three")
    hang_up(server)
    kept.wait_for_type("stream.closing")
    assert kept.events[-1]["reason"] == "revoked"
    kept.close()


def test_a_set_that_can_not_be_fetched_withdraws_nothing(start_server, issuer):
    server = start_server({"BOARDCAST_AUTH_JWKS_URL": issuer.url}, secret=None)
    stream = open_stream(server, issuer.token("one"))
    issuer.status = 500
    asked = issuer.asked
    hang_up(server)
    eventually(lambda: issuer.asked > asked and "stay as they were" in server.log(), "the fetch fails")
    Api(server.url, issuer.token("two")).create_task("after")
    assert stream.wait_for_seq(1) and not stream.closed
    stream.close()
