"""Tokens that must not open anything: each is 401, says which rule failed, and gives nothing away."""

import json
import re
import time

import pytest

import tokens
from rest import Api, problem
from sse import refused
from tokens import SECRET, assemble, b64url, claims, hs256, sign

HS256 = {"alg": "HS256", "typ": "JWT"}
NOW = int(time.time())


def refused_everywhere(server, token):
    """Tries the token on a call and on a stream; returns the description that the call was given."""
    answer = Api(server.url, token).get("/api/tasks")
    body = problem(answer, 401)
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer ")
    assert 'error="invalid_token"' in challenge
    assert "error_description=" in challenge
    shown = challenge + json.dumps(body)
    assert SECRET not in shown and token not in shown

    problem(refused(server.url + "/sse/connect", token), 401)
    return challenge.lower()


def flip(token, place):
    """Another letter of base64url at `place`."""
    return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]


def swapped(token, other):
    """`token` with the payload of `other`."""
    header, _, signature = token.split(".")
    return ".".join([header, other.split(".")[1], signature])


def standard_base64():
    """A good token in the other alphabet; the first whose letters show the difference."""
    made = (sign(claims(n=n)) for n in range(100))
    return next(token for token in made if "-" in token or "_" in token).replace("-", "+").replace("_", "/")


def payload(members, expires=NOW + 3600):
    """A good payload with raw JSON added to it."""
    return b'{"sub":"ann","tenant":"acme","exp":%d,%s}' % (expires, members)


OTHER_JWK = {"kty": "oct", "k": b64url(b"k" * 32)}
OUR_JWK = {"kty": "oct", "k": b64url(SECRET.encode())}

CROOKED = {
    # name: (what makes the token, a word that its refusal must say)
    "expired": (lambda: sign(claims(ttl=-3600)), "exp"),
    "without exp": (lambda: sign(claims(exp=None)), "exp"),
    "exp is a string": (lambda: assemble(HS256, claims(exp=str(NOW + 3600))), "exp"),
    "exp is true": (lambda: assemble(HS256, claims(exp=True)), "exp"),
    "exp is null": (lambda: assemble(HS256, {**claims(), "exp": None}), "exp"),
    "exp is negative": (lambda: assemble(HS256, claims(exp=-1)), "exp"),
    "not yet valid": (lambda: sign(claims(nbf=NOW + 3600)), "nbf"),
    "issued in the future": (lambda: sign(claims(iat=NOW + 3600)), "iat"),
    "without sub": (lambda: sign(claims(sub=None)), "sub"),
    "sub is empty": (lambda: sign(claims(sub="")), "sub"),
    "sub is 256 bytes": (lambda: sign(claims(sub="s" * 256)), "sub"),
    "sub is 256 bytes in 128 letters": (lambda: sign(claims(sub="é" * 128)), "sub"),
    "sub is a fraction": (lambda: assemble(HS256, claims(sub=7.5)), "sub"),
    "without tenant": (lambda: sign(claims(tenant=None)), "tenant"),
    "tenant is empty": (lambda: sign(claims(tenant="")), "tenant"),
    "tenant is 65 letters": (lambda: sign(claims(tenant="t" * 65)), "tenant"),
    "tenant has a slash": (lambda: sign(claims(tenant="a/b")), "tenant"),
    "tenant has a space": (lambda: sign(claims(tenant="a b")), "tenant"),
    "tenant has a newline": (lambda: sign(claims(tenant="acme\n")), "tenant"),
    "tenant has a NUL": (lambda: sign(claims(tenant="acme\0")), "tenant"),
    "tenant has a colon": (lambda: sign(claims(tenant="a:b")), "tenant"),
    "tenant is a fraction": (lambda: sign(claims(tenant=1.5)), "tenant"),
    "tenant is a list of two": (lambda: sign(claims(tenant=["acme", "globex"])), "tenant"),
    "unknown crit": (lambda: assemble({**HS256, "crit": ["exp"]}, claims()), "crit"),
    "invented crit": (lambda: assemble({**HS256, "crit": ["x-new"], "x-new": 1}, claims()), "crit"),
    "empty crit": (lambda: assemble({**HS256, "crit": []}, claims()), "crit"),
    "b64 false": (lambda: assemble({**HS256, "b64": False}, claims()), "b64"),
    "b64 false and critical": (lambda: assemble({**HS256, "b64": False, "crit": ["b64"]}, claims()), ""),
    "embedded jwk": (lambda: assemble({**HS256, "jwk": OTHER_JWK}, claims(), hs256(b"k" * 32)), "signature"),
    "encrypted": (lambda: assemble({**HS256, "enc": "A256GCM", "alg": "dir"}, claims()), ""),
    "zip": (lambda: assemble({**HS256, "zip": "DEF"}, claims()), None),
    "wrong key": (lambda: sign(claims(), key="another key that is long enough, too"), "signature"),
    "empty key": (lambda: assemble(HS256, claims(), hs256(b"")), "signature"),
    "key of zeros": (lambda: assemble(HS256, claims(), hs256(b"\0" * 64)), "signature"),
    "near-miss key": (lambda: assemble(HS256, claims(), hs256(SECRET[:-1])), "signature"),
    "key and a newline": (lambda: assemble(HS256, claims(), hs256(SECRET + "\n")), "signature"),
    "no signature": (lambda: sign(claims()).rsplit(".", 1)[0] + ".", ""),
    "signature cut short": (lambda: sign(claims())[:-6], ""),
    "signature with something added": (lambda: sign(claims()) + "AAAA", ""),
    "signature flipped": (lambda: flip(sign(claims()), -10), "signature"),
    "payload flipped": (lambda: flip(sign(claims()), 60), ""),
    "payload of another": (lambda: swapped(sign(claims()), sign(claims(sub="eve"), key="e" * 32)), "signature"),
    "asymmetric algorithm, HMAC key": (lambda: assemble({**HS256, "alg": "RS256"}, claims()), "alg"),
    "unknown algorithm": (lambda: assemble({**HS256, "alg": "HS257"}, claims()), "alg"),
    "lower-case algorithm": (lambda: assemble({**HS256, "alg": "hs256"}, claims()), "alg"),
    "without an algorithm": (lambda: assemble({"typ": "JWT"}, claims()), "alg"),
    "algorithm of another length": (lambda: assemble({**HS256, "alg": "HS512"}, claims()), ""),
    "header is no object": (lambda: assemble(b'"HS256"', claims()), ""),
    "header is no JSON": (lambda: assemble(b"\xff\xfe{}", claims()), ""),
    "payload is no object": (lambda: assemble(HS256, b'["sub"]'), ""),
    "payload is no JSON": (lambda: assemble(HS256, b"{"), ""),
    "payload is not UTF-8": (lambda: assemble(HS256, payload(b'"x":"\xff"')), ""),
    "a claim twice": (lambda: assemble(HS256, payload(b'"sub":"eve"')), ""),
    "alg twice": (lambda: assemble(b'{"alg":"HS256","alg":"none"}', claims()), ""),
    "nested very deep": (lambda: assemble(HS256, payload(b'"x":' + b"[" * 3000 + b"]" * 3000)), ""),
    "two parts": (lambda: ".".join(sign(claims()).split(".")[:2]), ""),
    "five parts": (lambda: sign(claims()) + ".AAAA.AAAA", ""),
    "many dots": (lambda: "." * 3000, ""),
    "padded": (lambda: sign(claims()) + "=", ""),
    "standard base64 alphabet": (standard_base64, ""),
    "JSON serialization": (lambda: '{"payload":"e30","signatures":[]}', ""),
    "words": (lambda: "open-sesame", ""),
}
for name in ("none", "None", "NONE", "nOnE"):
    header = {"alg": name, "typ": "JWT"}
    CROOKED[f"alg {name}, unsigned"] = (lambda header=header: assemble(header, claims(), lambda _: b""), "alg|sign")
    CROOKED[f"alg {name}, signed"] = (lambda header=header: assemble(header, claims()), "alg|sign")
for number in ("1e400", "1e308", "-1e308", "9" * 400, "9223372036854775808"):
    CROOKED[f"exp {number[:20]}"] = (
        lambda number=number: assemble(HS256, b'{"sub":"ann","tenant":"acme","exp":%s}' % number.encode()), None
    )

#: Some may be refused or understood: what must not happen is a crash, or a stream that never ends.
LENIENT = {name for name, (_, word) in CROOKED.items() if word is None}


@pytest.fixture(scope="module", params=["first half", "second half"])
def half(request, start_for_module):
    """Two servers share the crooked tokens, so that a limit on failures from one address is not reached."""
    names = sorted(CROOKED)
    middle = len(names) // 2
    return start_for_module(), names[:middle] if request.param == "first half" else names[middle:]


def test_every_crooked_token_is_refused_by_name(half):
    server, names = half
    wrong = []
    for name in names:
        make, word = CROOKED[name]
        if name in LENIENT:
            continue
        try:
            said = refused_everywhere(server, make())
            if not re.search(word, said.split("error_description=", 1)[1]):
                wrong.append(f"{name}: the description does not say {word!r}: {said}")
        except Exception as error:
            wrong.append(f"{name}: {str(error)[:300]}")
        assert server.alive, f"the server died of: {name}"
    assert not wrong, "\n".join(wrong)


def test_strange_tokens_do_no_harm(half):
    server, names = half
    for name in names:
        if name in LENIENT:
            answer = Api(server.url, CROOKED[name][0]()).get("/api/tasks")
            assert answer.status_code in (200, 401), f"{name}: {answer.status_code}"
            assert server.alive, f"the server died of: {name}"


def test_base64_that_decodes_to_the_same_bytes_is_not_the_same_token(server):
    """The last letter of a 32-byte signature has two unused bits; only zeros are canonical."""
    token = tokens.mint()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = letters.index(token[-1])
    assert place % 4 == 0
    for twin in range(place + 1, place + 4):
        refused_everywhere(server, token[:-1] + letters[twin])
    assert Api(server.url, token).get("/api/tasks").status_code == 200


def test_no_token_is_401_with_a_challenge(server):
    for path in ("/api/tasks", "/api/boards", "/api/events", "/sse/stats", "/sse/connect"):
        answer = Api(server.url).get(path)
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("value", ["Basic YW5uOnNlY3JldA==", "Bearer", "Token abc", "Bearer a b c"])
def test_other_authorization_is_401(server, value):
    answer = Api(server.url).get("/api/tasks", headers={"Authorization": value})
    problem(answer, 401)
    assert "www-authenticate" in answer.headers


def test_leeway_forgives_a_slow_clock_and_no_more(server):
    get = lambda **more: Api(server.url, tokens.mint(**more)).get("/api/tasks").status_code
    assert get(ttl=-5) == 200, "auth.leewaySeconds is 30"
    assert get(nbf=int(time.time()) + 5) == 200
    assert get(ttl=-60) == 401


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_secret_serves_all_hmac_algorithms(server, algorithm):
    assert Api(server.url, sign(claims(), algorithm=algorithm)).get("/api/tasks").status_code == 200


@pytest.mark.parametrize("sub", ["a", "s" * 255, "é" * 127, "日本語", "user@example.com", "a b", "auth0|123"])
def test_a_sub_of_1_to_255_bytes_is_a_user(make_team, server, sub):
    assert make_team(server).stream(sub).established["userId"] == sub


@pytest.mark.parametrize("tenant", ["a", "t" * 64, "A.b_C-9", "0"])
def test_a_tenant_of_allowed_letters_is_a_tenant(make_team, server, tenant):
    assert make_team(server, tenant).stream("ann").established["tenant"] == tenant


def test_issuer_and_audience_must_match_when_set(start_server):
    server = start_server({"BOARDCAST_AUTH_ISSUER": "https://id.example", "BOARDCAST_AUTH_AUDIENCE": "boardcast"})
    right = {"iss": "https://id.example", "aud": "boardcast"}

    def get(**more):
        # By hand: PyJWT would not put a list into `iss`.
        return Api(server.url, assemble(HS256, claims(**{**right, **more}))).get("/api/tasks")

    assert get().status_code == 200
    assert get(aud=["other", "boardcast"]).status_code == 200
    for changed in (
        {"iss": None}, {"iss": "https://id.example/"}, {"iss": "https://id.exampl"}, {"iss": ["https://id.example"]},
        {"aud": None}, {"aud": "boardcas"}, {"aud": "boardcast2"}, {"aud": []}, {"aud": ["other"]}, {"aud": ""},
    ):
        problem(get(**changed), 401)


def test_the_tenant_may_come_from_another_claim(start_server):
    server = start_server({"BOARDCAST_AUTH_TENANT_CLAIM": "app.org"})
    assert Api(server.url, sign(claims(tenant=None, app={"org": "acme"}))).get("/api/tasks").status_code == 200
    problem(Api(server.url, sign(claims(tenant="acme"))).get("/api/tasks"), 401)
    problem(Api(server.url, sign(claims(tenant=None, **{"app.org": ""}))).get("/api/tasks"), 401)


def test_a_refusal_names_where_tokens_come_from(start_server):
    """RFC 9728: the challenge of a call, of a stream and of a WebSocket leads to the issuers."""
    server = start_server({"BOARDCAST_AUTH_ISSUER": "https://issuer.example/realm"})
    url = server.url + "/.well-known/oauth-protected-resource"
    for path in ("/api/tasks", "/sse/connect", "/api/events?wait=1"):
        answer = Api(server.url).get(path)
        assert answer.status_code == 401
        assert f'resource_metadata="{url}"' in answer.headers["WWW-Authenticate"]
    resource = Api(server.url).get("/.well-known/oauth-protected-resource").json()
    assert resource["resource"] == server.url
    assert resource["authorization_servers"] == ["https://issuer.example/realm"]


def test_a_trusted_proxy_says_what_the_resource_is(start_server):
    server = start_server({"BOARDCAST_HTTP_TRUSTED_PROXIES": "127.0.0.1"})
    sent = {"X-Forwarded-Host": "boards.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/kanban"}
    answer = Api(server.url).get("/sse/connect", headers=sent)
    url = "https://boards.example/kanban"
    assert f'resource_metadata="{url}/.well-known/oauth-protected-resource"' in answer.headers["WWW-Authenticate"]
    resource = Api(server.url).get("/.well-known/oauth-protected-resource", headers=sent).json()
    assert resource["resource"] == url and "authorization_servers" not in resource
