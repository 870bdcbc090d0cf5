"""Tokens and keys as identity providers make them, from public reports: each is let in as whoever it is of, and what
looks like it but must not come in does not."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

import tokens
from harness import run_command
from identity import identity, jwk, role
from issuer import Issuer
from rest import Api, problem, status
from sse import refused
from tokens import SECRET, claims, mint, sign

CASES = Path(__file__).parent.parent / "fixtures" / "cases"

#: Each with the settings that its users would write, and who comes of it.
GIVEN = {
    "F1-04": ({"TENANT_CLAIM": "app_metadata.tenant"}, ("acme", "ann", "viewer")),
    "F1-06": ({"TENANT_CLAIM": "kubernetes.io.namespace"}, ("acme", "system:serviceaccount:acme:importer", "member")),
    "F1-10": ({"TENANT_CLAIM": "organization"}, ("acme", "ann", "member")),
    "F1-11": ({"AUDIENCE": "cl1"}, ("acme", "ann", "member")),
    "F1-13": ({}, ("acme", "ann", "member")),
    "F1-14": ({}, None),
    "F1-15": ({}, ("acme", "ann", "member")),
    "F1-16": ({}, ("acme", "ann", "member")),
    "F1-16k": ({}, ("acme", "ann", "member")),
    "F1-17": ({}, ("acme", "ann", "member")),
    "F1-24": ({}, ("acme", "42", "member")),
    "F1-24k": ({}, ("42", "ann", "member")),
    "F1-25": ({}, ("acme", "ann", "member")),
}


def given(name):
    return (CASES / name).read_text().strip()


def settings(**names):
    return {f"BOARDCAST_AUTH_{name}": str(value) for name, value in names.items()}


@pytest.mark.parametrize("case", GIVEN)
def test_a_token_of_the_field_is_taken(start_server, case):
    env, expected = GIVEN[case]
    server = start_server(settings(JWKS_FILE=CASES / f"{case}.give.jwks.json", **env), secret=None)
    token = given(f"{case}.give.token")
    tokens.minted.add(token)
    found = identity(server, token)
    assert expected is None or found == expected
    assert status(server, token) == 200
    damaged = token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]
    assert status(server, damaged) == 401, "only the signature makes it good"


def test_the_tenant_of_an_issuer_needs_no_claim(start_server, tmp_path):
    """F1-08: the realm is the tenant."""
    directory = tmp_path / "tenants"
    directory.mkdir()
    (directory / "acme.yaml").write_text(
        f"auth: {{issuer: 'https://sso.example.com/realms/acme', jwksFile: '{CASES}/F1-08.give.jwks.json'}}")
    server = start_server({"BOARDCAST_TENANTS_DIRECTORY": str(directory), **settings(TENANT="general")})
    assert identity(server, given("F1-08.give.token")) == ("acme", "ann", "member")
    assert identity(server, mint(tenant=None))[0] == "general"
    for stranger in (mint(tenant=None, iss="https://sso.example.com/realms/acme"), mint(tenant="acme")):
        assert status(server, stranger) == 401


def test_a_claim_that_names_another_tenant_than_the_issuers_is_401(start_server, tmp_path):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    issuer = Issuer()
    issuer.junk = json.dumps({"keys": [jwk(key, kid="k", use="sig", alg="RS256")]}).encode()
    directory = tmp_path / "tenants"
    directory.mkdir()
    (directory / "acme.yaml").write_text(f"auth: {{issuer: 'https://id.example', jwksURL: '{issuer.url}'}}")
    server = start_server({"BOARDCAST_TENANTS_DIRECTORY": str(directory)})

    def token(**more):
        return sign(claims(tenant=None, iss="https://id.example", **more), key, "RS256", headers={"kid": "k"})

    assert identity(server, token())[0] == "acme"
    assert status(server, sign({**claims("ann", "acme"), "iss": "https://id.example"}, key, "RS256")) == 200
    other = sign({**claims("ann", "globex"), "iss": "https://id.example"}, key, "RS256")
    answer = Api(server.url, other).get("/api/tasks")
    assert "does not speak for this tenant" in problem(answer, 401)["detail"]
    issuer.close()


# Roles.


@pytest.mark.parametrize("names, expected", [
    (["boards-admin"], "admin"), (["offline_access", "boards-admin", "staff"], "admin"), (["staff"], "member"),
    (["bot", "staff"], "service"), (["offline_access"], "viewer"), ("staff", "member"), ([], "member"), (None, "member"),
    (["admin"], "viewer"), (["service"], "viewer"), (["Boards-Admin"], "viewer"),
])
def test_roles_come_from_any_claim_through_the_map(mapped, names, expected):
    """F1-03. A foreign admin is not ours unless it is mapped."""
    token = mint(role="admin", realm_access={"roles": names} if names is not None else None)
    assert role(mapped, token) == expected


@pytest.fixture(scope="module")
def mapped(start_for_module):
    return start_for_module(settings(
        ROLE_CLAIM="realm_access.roles", ROLES="boards-admin=admin, staff=member, bot=service"))


@pytest.mark.parametrize("said, expected", [
    (["editor"], "viewer"), ("anon", "viewer"), ("Admin", "viewer"), ("authenticated", "viewer"), ("", "viewer"),
    (["viewer", "admin"], "admin"), (["member", "owner"], "member"), ({"admin": True}, "viewer"),
])
def test_a_role_that_means_nothing_is_the_least(server, said, expected):
    """F1-05"""
    assert role(server, mint(role=said)) == expected


def test_a_role_of_null_is_absent(server):
    token = tokens.assemble({"alg": "HS256", "typ": "JWT"}, {**claims(), "role": None})
    assert role(server, token) == "member"


def test_the_role_of_tokens_without_one_is_a_setting(start_server):
    server = start_server(settings(DEFAULT_ROLE="viewer"))
    assert role(server, mint()) == "viewer"
    assert role(server, mint(role="member")) == "member"


# Tenants.


@pytest.mark.parametrize("claim, said", [
    ("https://example.com/app.tenant", {"https://example.com/app": {"tenant": "acme"}}),
    ("https://example.com/tenant", {"https://example.com/tenant": "acme"}),
    ("organization", {"organization": {"acme": {"id": "4711"}}}),
    ("organization", {"organization": {"acme": {}}}),
    ("custom:tenant", {"custom:tenant": "acme"}),
])
def test_a_tenant_claim_of_any_name_and_shape(start_server, claim, said):
    """F1-07, F1-10"""
    server = start_server(settings(TENANT_CLAIM=claim))
    assert identity(server, mint(tenant=None, **said))[0] == "acme"
    answer = Api(server.url, mint(tenant="acme")).get("/api/tasks")
    assert "names no tenant" in problem(answer, 401)["detail"]


@pytest.mark.parametrize("said", [["acme", "globex"], {"acme": {}, "globex": {}}])
def test_more_than_one_tenant_is_401_and_says_so(start_server, said):
    server = start_server(settings(TENANT_CLAIM="organization", TENANT="acme"))
    answer = Api(server.url, mint(tenant=None, organization=said)).get("/api/tasks")
    assert problem(answer, 401)["detail"] == "the tenant claim names more than one tenant"
    problem(refused(server.url + "/sse/connect", mint(tenant=None, organization=said)), 401)


def test_the_tenant_of_tokens_that_name_none(start_server):
    """F1-09"""
    server = start_server(settings(TENANT="acme"))
    assert identity(server, mint(tenant=None))[0] == "acme"
    assert identity(server, mint(tenant="other"))[0] == "other"
    assert status(server, mint(tenant="a b")) == 401


def test_the_client_of_a_token_with_an_audience_is_no_matter(start_server):
    """F1-11: only where there is no `aud`."""
    server = start_server(settings(AUDIENCE="boards"))
    assert status(server, mint(client_id="boards")) == 200
    assert status(server, mint(azp="boards")) == 200
    for other in (mint(), mint(client_id="x"), mint(client_id="x", azp="boards"), mint(aud="x", client_id="boards")):
        assert "audience" in problem(Api(server.url, other).get("/api/tasks"), 401)["detail"]


# Keys.


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "x5c"])
def test_a_key_that_a_token_brings_or_names_is_neither_used_nor_fetched(start_server, name):
    """F1-13"""
    evil = Issuer()
    evil.rotate("evil")
    [own] = json.loads(evil.jwks())["keys"]
    value = {"jku": evil.url, "x5u": evil.url, "jwk": own, "x5c": ["MIIB"]}[name]
    server = start_server()
    assert status(server, sign(claims(), headers={name: value})) == 200
    forged = sign(claims(), evil.private["evil"], "ES256", headers={name: value, "kid": "evil"})
    assert status(server, forged) == 401
    assert evil.asked == 0
    evil.close()


def test_every_key_of_a_pem_file_counts(start_server):
    """F1-27"""
    server = start_server(settings(PUBLIC_KEY_FILE=CASES / "F1-27.give.pem"), secret=None)
    assert identity(server, given("F1-27.give.token")) == ("acme", "ann", "member")


def test_a_key_that_is_not_used_is_in_the_log_with_the_reason(start_server, tmp_path):
    """F1-15, F1-27: silence looked like bad tokens."""
    keys = json.loads(given("F1-13.give.jwks.json"))["keys"]
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [
        *keys, {"kty": "AKP", "kid": "tomorrow"}, {**keys[0], "kid": "cut", "n": keys[0]["n"][:100]},
        {**keys[0], "kid": "for encryption", "use": "enc"},
    ]}))
    server = start_server(settings(JWKS_FILE=file), secret=None)
    assert status(server, given("F1-13.give.token")) == 200
    log = server.log()
    assert "tomorrow" in log and "only HMAC secrets, RSA" in log
    assert "cut" in log and "at least 2048 bits" in log
    assert "for encryption" not in log, "that is usual"
    assert keys[0]["n"] not in log


def test_a_new_key_id_waits_for_the_set(start_server):
    """F1-18"""
    issuer = Issuer()
    issuer.junk = given("F1-18.give.before.jwks.json").encode()
    server = start_server(settings(JWKS_URL=issuer.url), secret=None)
    issuer.junk = given("F1-18.give.after.jwks.json").encode()
    assert identity(server, given("F1-18.give.token")) == ("acme", "ann", "member")
    issuer.close()


def test_certificates_by_key_id_are_keys(start_server):
    """F1-19: as Google serves them."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "securetoken")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + datetime.timedelta(1))
    text = certificate.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    issuer = Issuer()
    issuer.junk = json.dumps({"k1": text}).encode()
    server = start_server(settings(JWKS_URL=issuer.url, TENANT_CLAIM="firebase.tenant"), secret=None)
    token = sign(claims(tenant=None, firebase={"tenant": "acme"}), key, "RS256", headers={"kid": "k1"})
    assert identity(server, token) == ("acme", "ann", "member")
    other = sign(claims(tenant=None, firebase={"tenant": "acme"}), key, "RS256", headers={"kid": "k2"})
    assert status(server, other) == 401
    issuer.close()


# Where keys come from.


def test_keys_come_in_the_open_from_named_hosts_alone(start_server, tmp_path):
    """F1-21. 127.1 is this machine by another name, which the gateway does not know as such."""
    issuer = Issuer()
    issuer.rotate("one")
    url = issuer.url.replace("127.0.0.1", "127.1")
    for hosts in ("", "keycloak", "*.127.1"):
        env = {**settings(JWKS_URL=url), **(settings(INSECURE_JWKS_HOSTS=hosts) if hosts else {})}
        result = run_command("serve", "--port", "0", "--database", "sqlite::memory:", env=env, cwd=tmp_path)
        assert result.returncode == 2 and "would be fetched in the open" in result.stderr
    assert issuer.asked == 0
    server = start_server(settings(JWKS_URL=url, INSECURE_JWKS_HOSTS="keycloak, 127.1"), secret=None)
    assert status(server, issuer.token("one")) == 200
    assert "without TLS" in server.log() and "127.1" in server.log()
    issuer.close()


def test_a_discovery_document_leads_to_the_keys(start_server):
    """F1-22"""
    issuer = Issuer()
    issuer.rotate("one")
    issuer.discover()
    server = start_server(settings(JWKS_URL=issuer.base + "/.well-known/openid-configuration"), secret=None)
    assert status(server, issuer.token("one")) == 200
    issuer.close()


@pytest.fixture
def issuers():
    pair = [Issuer(), Issuer()]
    for issuer in pair:
        issuer.rotate("same")
        issuer.discover()
    yield pair
    for issuer in pair:
        issuer.close()


def test_several_issuers_never_speak_for_each_other(start_server, issuers):
    one, two = issuers
    server = start_server(settings(ISSUERS=f"{one.base},{two.base}"))
    for signer in issuers:
        for named in issuers:
            token = signer.token("same", iss=named.base)
            assert status(server, token) == (200 if signer is named else 401)
        assert status(server, signer.token("same")) == 401, "a token of no issuer is not theirs"
        assert status(server, sign(claims(iss=signer.base))) == 401, "our own secret is not the issuer's key"
    assert status(server, sign(claims())) == 200, "it is for tokens of nobody else"


def test_a_new_key_of_one_of_several_issuers_is_found(start_server, issuers):
    one, two = issuers
    server = start_server(settings(ISSUERS=f"{one.base},{two.base}"), secret=None)
    one.rotate("same", "new")
    assert status(server, one.token("new", iss=one.base)) == 200
    for number in range(20):
        made_up = sign(claims(iss=one.base), one.private["new"], "ES256", headers={"kid": f"made up {number}"})
        assert status(server, made_up) == 401
    assert (one.asked, one.asked_for_documents) == (2, 1), "where the keys are is known"
    assert (two.asked, two.asked_for_documents) == (1, 1), "the other one was not asked"
    assert status(server, one.token("new", iss=two.base)) == 401


def test_a_discovery_document_of_another_issuer_is_refused(start_server, issuers):
    one, two = issuers
    one.discover(issuer=two.base)
    server = start_server(settings(ISSUERS=one.base))
    assert status(server, one.token("same", iss=one.base)) == 401
    assert f"of the issuer “{two.base}”" in server.log()


def test_a_token_confusion_of_secret_and_public_key_is_refused(start_server, issuers):
    """A fetched set holds no secrets, and its public keys are none."""
    one, _ = issuers
    server = start_server(settings(ISSUERS=one.base), secret=None)
    public = json.dumps(json.loads(one.jwks())["keys"][0]).encode()
    for algorithm in ("HS256", "none"):
        header = {"alg": algorithm, "typ": "JWT", "kid": "same"}
        assert status(server, tokens.assemble(header, claims(iss=one.base), tokens.hs256(public))) == 401


# What the command line says of it.


def test_verify_says_who_comes_of_a_token_and_why(tmp_path):
    config = tmp_path / "boardcast.yaml"
    config.write_text(
        "auth:\n  tenant: acme\n  roleClaim: groups\n  roles:\n    CN=admins,OU=boards: admin\n  defaultRole: viewer\n")

    def verify(token):
        env = settings(SECRET=SECRET)
        return run_command("token", "verify", "--config", config, token, env=env, cwd=tmp_path)

    said = json.loads(verify(mint(tenant=None, groups=["x", "CN=admins,OU=boards"])).stdout)
    assert said["tenant"]["name"] == "acme" and "auth.tenant" in said["tenant"]["because"]
    because = "the claim groups says “CN=admins,OU=boards”, which auth.roles maps"
    assert said["role"] == {"name": "admin", "because": because}
    said = json.loads(verify(mint(groups=["admin"])).stdout)
    assert said["role"]["name"] == "viewer" and "auth.roles maps none" in said["role"]["because"]
    said = json.loads(verify(mint()).stdout)
    assert said["role"]["name"] == "viewer" and "auth.defaultRole" in said["role"]["because"]
    result = verify(mint(tenant=["a", "b"]))
    assert result.returncode == 3 and "more than one tenant; auth.tenantClaim" in result.stderr


def test_verify_fetches_the_keys_that_the_server_would(issuers, tmp_path):
    one, two = issuers
    token = one.token("same", iss=one.base)
    result = run_command("token", "verify", token, env=settings(ISSUERS=f"{one.base},{two.base}"), cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert two.asked == 0
    result = run_command("token", "verify", token, env=settings(ISSUERS=two.base), cwd=tmp_path)
    assert result.returncode == 3 and "no key fits" in result.stderr
