"""Tenants with a file of their own: issuer, keys, limits, origins."""

import pytest

from harness import run_command
from issuer import Issuer
from rest import Api, status
from sse import Stream
from tenant_files import ACME_SECRET, GLOBEX_SECRET, Tenants, acme, globex, start
from tokens import SECRET, claims, mint, sign


def test_an_issuer_speaks_for_its_tenant_alone(start_server, tenants):
    server = start(start_server, tenants)
    for token in (acme(), globex(), mint(tenant="third"), mint(tenant="third", iss="https://who.example")):
        assert status(server, token) == 200
    for token in (
        mint(tenant="acme"), mint(tenant="acme", iss="https://acme.example"), mint(tenant="acme", iss="https://x"),
        sign(claims(tenant="globex", iss="https://acme.example"), ACME_SECRET),
        sign(claims(tenant="third", iss="https://acme.example"), ACME_SECRET),
        sign(claims(tenant="acme", iss="https://globex.example"), GLOBEX_SECRET),
        sign(claims(tenant="acme", iss="https://acme.example"), GLOBEX_SECRET),
        sign(claims(tenant="acme"), ACME_SECRET),
    ):
        assert status(server, token) == 401
        answer = Api(server.url, token).get("/sse/connect")
        assert answer.status_code == 401


def test_tenants_that_share_a_key_id_do_not_share_a_key(start_server, tmp_path):
    tenants = Tenants(tmp_path)
    issuers = {name: Issuer() for name in ("acme", "globex")}
    for name, issuer in issuers.items():
        issuer.rotate("same")
        tenants.write(name, key=f"jwksURL: {issuer.url}")
    server = start(start_server, tenants, secret=None)

    def token(tenant, issuer, signer):
        payload = claims(tenant=tenant, iss=f"https://{issuer}.example")
        return sign(payload, issuers[signer].private["same"], "ES256", headers={"kid": "same"})

    for tenant in issuers:
        for issuer in issuers:
            for signer in issuers:
                right = tenant == issuer == signer
                assert status(server, token(tenant, issuer, signer)) == (200 if right else 401)
    for issuer in issuers.values():
        issuer.close()


def test_without_any_general_key_the_tenants_do(start_server, tenants):
    server = start(start_server, tenants, secret=None)
    assert status(server, acme()) == 200
    assert status(server, mint(tenant="third")) == 401


@pytest.mark.parametrize("trouble, words", [
    ("limits:\n  writesPerSecnd: 5", ["acme.yaml", "writesPerSecnd", "limits.writesPerSecond"]),
    ("http:\n  port: 5", ["acme.yaml", "http.port", "for the whole server"]),
])
def test_a_bad_file_stops_the_start_by_name(tenants, tmp_path, trouble, words):
    tenants.write("acme", trouble)
    env = {"BOARDCAST_AUTH_SECRET": SECRET, "BOARDCAST_TENANTS_DIRECTORY": str(tenants.path)}
    result = run_command("serve", "--port", "0", "--database", "sqlite::memory:", env=env, cwd=tmp_path)
    assert result.returncode == 2
    assert all(word in result.stderr for word in words), result.stderr


def test_limits_are_the_tenants_own(start_server, tenants):
    tenants.write("acme", "limits:\n  writesPerSecond: 1\n  writeBurst: 2\n  connectionsPerUser: 1")
    server = start(start_server, tenants)
    ann, eve = Api(server.url, acme()), Api(server.url, globex())
    assert [ann.post("/api/tasks", {"name": "x"}).status_code for _ in range(4)].count(429) >= 1
    assert all(eve.post("/api/tasks", {"name": "x"}).status_code == 201 for _ in range(20))
    with Stream(server.url + "/sse/connect", acme()) as first:
        assert first.established
        with Stream(server.url + "/sse/connect", acme()) as second:
            assert second.wait_for_type("stream.closing")["reason"] == "limit_reached"
        with Stream(server.url + "/sse/connect", globex()) as one, Stream(server.url + "/sse/connect", globex()) as two:
            assert one.established and two.established


def test_retention_is_the_tenants_own(start_server, tenants):
    tenants.write("acme", "events:\n  retainCount: 3")
    server = start(start_server, tenants)
    for token, recovered in ((acme(), False), (globex(), True)):
        api = Api(server.url, token)
        before = api.head()
        for number in range(10):
            api.create_task(f"task {number}")
        assert api.events(since=before)["recovered"] is recovered
        with Stream(server.url + "/sse/connect", token, last_event_id=before) as stream:
            assert stream.established["recovered"] is recovered


def test_origins_are_the_tenants_own(start_server, tenants):
    tenants.write("acme", "http:\n  corsOrigins: [https://acme.example]")
    tenants.write("globex", "http:\n  corsOrigins: [https://globex.example]")
    server = start(start_server, tenants, {"BOARDCAST_HTTP_CORS_ORIGINS": "https://all.example"})

    def let_in(token, origin):
        answer = Api(server.url, token).get("/api/tasks", headers={"Origin": origin})
        with Stream(server.url + "/sse/connect", token, headers={"Origin": origin}) as stream:
            both = {name.headers.get("access-control-allow-origin") for name in (answer, stream.response)}
        assert len(both) == 1, "streams and calls agree"
        return both == {origin}

    assert let_in(acme(), "https://acme.example") and let_in(globex(), "https://globex.example")
    assert not let_in(acme(), "https://globex.example") and not let_in(globex(), "https://acme.example")
    assert not let_in(mint(tenant="third"), "https://acme.example")
    assert all(let_in(token, "https://all.example") for token in (acme(), globex(), mint(tenant="third")))
    for origin in ("https://acme.example", "https://globex.example", "https://all.example"):
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        assert Api(server.url).http.options("/sse/connect", headers=asked).headers["access-control-allow-origin"] == origin
