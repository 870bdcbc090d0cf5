"""SIGHUP: what is changed in the files holds, and nobody is cut for it."""

import signal

from issuer import Issuer
from rest import Api, status
from sse import Stream
from tenant_files import GLOBEX_SECRET, acme, globex, start
from tokens import SECRET, claims, mint, sign
from waiting import eventually


def hang_up(server, words):
    """SIGHUP, and the wait for the log to have one more line with `words`."""
    before = server.log().count(words)
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: server.log().count(words) > before, f"the log says “{words}”")


def test_a_reload_changes_what_it_can_and_drops_no_stream(start_server, tenants, tmp_path):
    tenants.write("acme", "limits:\n  writesPerSecond: 1\n  writeBurst: 1")
    config = tmp_path / "boardcast.yaml"
    config.write_text("sse:\n  heartbeatSeconds: 7\n")
    server = start(start_server, tenants, args=["--config", str(config)], unlimited=False)
    bob = Api(server.url, mint("bob", "third"))
    with Stream(server.url + "/sse/connect", acme()) as stream, Stream(server.url + "/sse/connect", bob.token) as other:
        assert stream.established and other.established
        ann = Api(server.url, acme())
        assert 429 in [ann.post("/api/tasks", {"name": "x"}).status_code for _ in range(5)]
        cors = {"Origin": "https://new.example"}
        assert "access-control-allow-origin" not in bob.get("/api/tasks", headers=cors).headers

        tenants.write("acme", "limits:\n  writesPerSecond: 1000\n  writeBurst: 1000")
        tenants.write("initech")
        config.write_text(
            "sse:\n  heartbeatSeconds: 8\nhttp:\n  corsOrigins: [https://new.example]\n"
            "limits:\n  connectionsPerUser: 1\n  writesPerSecond: 1\n  writeBurst: 2\n")
        hang_up(server, "settings read anew")
        eventually(lambda: "settings=sse.heartbeatSeconds\n" in server.log(), "what waits for a restart is named")
        for _ in range(20):
            ann.create_task("after")
        assert stream.wait_for_seq(ann.last_seq)
        assert bob.get("/api/tasks", headers=cors).headers["access-control-allow-origin"] == "https://new.example"
        assert 429 in [bob.post("/api/tasks", {"name": "x"}).status_code for _ in range(6)]
        assert status(server, sign(claims(tenant="initech", iss="https://initech.example"), GLOBEX_SECRET)) == 200
        assert status(server, mint(tenant="initech")) == 401, "it has an issuer of its own now"
        with Stream(server.url + "/sse/connect", bob.token) as second:
            assert second.wait_for_type("stream.closing")["reason"] == "limit_reached"
        assert not stream.closed and not other.closed


def test_a_reload_takes_new_keys_and_lets_old_ones_go(start_server, tenants):
    server = start(start_server, tenants)
    old = acme()
    assert status(server, old) == 200
    (tenants.secrets / "acme.secret").write_text("another secret that acme changed to, longer than 32")
    hang_up(server, "settings read anew")
    assert status(server, old) == 401
    new = sign(claims(tenant="acme", iss="https://acme.example"), "another secret that acme changed to, longer than 32")
    assert status(server, new) == 200
    (tenants.path / "acme.yaml").unlink()
    hang_up(server, "settings read anew")
    assert status(server, new) == 401
    assert status(server, mint(tenant="acme")) == 200, "without a file it is a tenant like others"


def test_a_broken_file_changes_nothing_and_says_why(start_server, tenants):
    server = start(start_server, tenants)
    tenants.write("globex", "limits:\n  writeBurst: many")
    (tenants.path / "acme.yaml").unlink()
    hang_up(server, "the settings stay as they were")
    assert "globex.yaml" in server.log() and "limits.writeBurst" in server.log()
    assert status(server, acme()) == 200 and status(server, globex()) == 200
    assert status(server, mint(tenant="acme")) == 401
    assert SECRET not in server.log()


def test_a_url_that_is_new_after_a_reload_is_fetched(start_server, tenants):
    issuer = Issuer()
    issuer.rotate("one")
    server = start(start_server, tenants)
    tenants.write("acme", key=f"jwksURL: {issuer.url}")
    hang_up(server, "settings read anew")
    token = sign(claims(tenant="acme", iss="https://acme.example"), issuer.private["one"], "ES256", headers={"kid": "one"})
    eventually(lambda: status(server, token) == 200, "the new keys are fetched")
    assert status(server, acme()) == 401
    issuer.close()
