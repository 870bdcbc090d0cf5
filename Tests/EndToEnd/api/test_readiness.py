"""`/readyz?verbose`: what works, and what does not, for everybody to read."""

import json

from issuer import Issuer
from lock import locked
from rest import Api, ok, pointers, problem
from waiting import eventually

PARTS = {
    "writes", "reads", "wal", "chores", "checkpoints", "jwks", "acts", "announcing", "keys", "connections", "draining",
    "database",
}


def test_all_is_well(server):
    api = Api(server.url)
    for query in ("?verbose", "?verbose=", "?verbose=1", "?verbose=true"):
        body = ok(api.get("/readyz" + query), 200).json()
        assert body == {"status": "ready", "checks": {name: {"status": "ok"} for name in PARTS}}
    for query in ("", "?verbose=0", "?verbose=false"):
        assert ok(api.get("/readyz" + query), 200).json() == {"status": "ready"}
    assert api.get("/readyz?verbose").headers["cache-control"] == "no-store"


def test_other_queries_are_refused(server):
    api = Api(server.url)
    for query, pointer in (("?nothing=1", "nothing"), ("?verbose&verbose", "verbose"), ("?verbose=maybe", "verbose")):
        assert pointers(problem(api.get("/readyz" + query), 400)) == [pointer]


def test_an_admins_act_that_is_not_on_disk_is_a_warning(start_server, make_team):
    server = start_server()
    api, admin = Api(server.url), make_team(server).admin()
    with locked(server.database):
        assert ok(admin.post("/api/revocations", {"jti": "t"}), 202).json()["durable"] is False
        body = ok(api.get("/readyz?verbose"), 200).json()
        assert body["status"] == "degraded"
        assert (body["checks"]["acts"]["status"], body["checks"]["acts"]["reason"]) == ("warning", "not_stored")
    eventually(lambda: api.get("/readyz?verbose").json()["status"] == "ready", "it is stored")


def test_without_a_key_it_says_so(start_server):
    issuer = Issuer()
    issuer.rotate("one")
    issuer.status = 503
    server = start_server({"BOARDCAST_AUTH_JWKS_URL": issuer.url}, secret=None)
    api = Api(server.url)
    plain, verbose = problem(api.get("/readyz"), 503), problem(api.get("/readyz?verbose"), 503)
    assert plain["code"] == verbose["code"] == "no_keys" and "checks" not in plain
    checks = verbose["checks"]
    assert set(checks) == PARTS
    assert checks["keys"]["status"] == "failing" and checks["keys"]["reason"] == "no_keys"
    assert checks["jwks"]["status"] == "warning" and checks["jwks"]["since"].endswith("Z")
    assert checks["writes"] == {"status": "ok"}
    assert not any(word in json.dumps(verbose) for word in (issuer.url, "127.0.0.1", str(server.directory), "/"))
    issuer.status = 200
    eventually(lambda: api.get("/readyz?verbose").json().get("status") == "ready", "the keys come")
    issuer.close()
