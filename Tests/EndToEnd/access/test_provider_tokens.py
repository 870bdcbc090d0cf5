"""Each section of Docs/TOKENS.md: its settings as they stand there, with a token and a key set of the shape that the
provider documents. Keys and key sets come from an issuer on this machine, so the issuer's URL alone is another one."""

import json
import re
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from identity import identity, jwk
from issuer import Issuer
from rest import status
from tokens import SECRET, sign

DOCUMENT = Path(__file__).parents[3] / "Docs" / "TOKENS.md"

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())


def sections():
    """Every block of settings in each section: the first by the section's name, the second with a 2 after it."""
    found = {}
    for part in re.split(r"^## ", DOCUMENT.read_text(), flags=re.MULTILINE)[1:]:
        name = part.splitlines()[0]
        if name == "Signing in on the page":  # tried in page/test_signing_in.py
            continue
        for number, block in enumerate(re.findall(r"^```yaml\n(.*?)^```", part, re.MULTILINE | re.DOTALL), 1):
            found[name if number == 1 else f"{name} {number}"] = block
    return found


SECTIONS = sections()
HOUR = 3600


def oidc(sub, **more):
    now = int(time.time())
    return {"sub": sub, "iat": now, "exp": now + HOUR, **more}


def keycloak_client(iss, roles):
    return oidc(
        "f:8a1b:ann", iss=iss, aud=["boardcast", "account"], typ="Bearer", azp="boards-web",
        realm_access={"roles": ["admin"]},
        resource_access={"boards-web": {"roles": roles}, "account": {"roles": ["admin"]}}, scope="openid",
    )


def keycloak(iss, roles, organization):
    return oidc(
        "f:8a1b:ann", iss=iss, aud=["boardcast", "account"], typ="Bearer", azp="boards-web", jti="onrtac:7c1a",
        acr="1", **{"allowed-origins": ["https://boards.example.com"]}, realm_access={"roles": roles},
        resource_access={"account": {"roles": ["manage-account", "view-profile"]}},
        scope="openid organization profile email", organization=organization, preferred_username="ann",
    )


def entra(iss, roles, groups=()):
    return oidc(
        "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", iss=iss, aud="11111111-2222-3333-4444-555555555555",
        nbf=int(time.time()),
        azp="99999999-8888-7777-6666-555555555555", azpacr="0", oid="00000000-0000-0000-66f3-3332eca7ea81",
        tid="7f000001-0000-4000-8000-000000000001", ver="2.0", scp="access_as_user", uti="fqiBqXLPj0eQa82S-IYFAA",
        **({"roles": roles} if roles else {}), **({"groups": list(groups)} if groups else {}),
    )


def auth0(iss, roles):
    return oidc(
        "auth0|5f7c8ec7c33c6c004bbafe82", iss=iss, aud=["https://boards.example.com",
        "https://acme.eu.auth0.com/userinfo"],
        azp="my_client_id", scope="openid profile email", org_id="org_9ybsU1dN2dKfDkBi",
        **{"https://boards.example.com/roles": roles},
    )


def auth0_permissions(iss, permissions):
    return oidc(
        "auth0|5f7c8ec7c33c6c004bbafe82", iss=iss, aud="https://boards.example.com", azp="my_client_id", scope="",
        permissions=permissions,
    )


def okta(iss, groups):
    return oidc(
        "ann@acme.example", iss=iss, ver=1, jti="AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE", aud="api://boardcast",
        cid="nmdP1fcyvdVO11AL7ECm", uid="00uid4BxXw6I6TV4m0g3", scp=["openid"], auth_time=int(time.time()),
        groups=groups,
    )


def cognito(iss, groups):
    return oidc(
        "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", iss=iss, client_id="1example23456789abcdefghij", token_use="access",
        scope="openid", auth_time=int(time.time()), jti="aaaaaaaa-bbbb", version=2, username="ann",
        event_id="64f513be", **({"cognito:groups": groups} if groups else {}),
    )


def google(iss):
    return oidc(
        "110169484474386276334", iss=iss, azp="1234567890-abcdef.apps.googleusercontent.com",
        aud="1234567890-abcdef.apps.googleusercontent.com", at_hash="HK6E_P6Dh8Y93mRNtsDB1Q", hd="acme.example",
        email="ann@acme.example", email_verified=True,
    )


def firebase(iss, role):
    return oidc(
        "mQ3xYzAbCdEfGhIjKlMnOpQrStU2", iss=iss, aud="my-project", auth_time=int(time.time()),
        user_id="mQ3xYzAbCdEfGhIjKlMnOpQrStU2",
        email="ann@acme.example", email_verified=True, **({"kanban": role} if role else {}),
        firebase={"identities": {"email": ["ann@acme.example"]}, "sign_in_provider": "password",
        "tenant": "acme-x1y2z"},
    )


def supabase(iss, role):
    return oidc(
        "123e4567-e89b-12d3-a456-426614174000", iss=iss, aud="authenticated", role="authenticated", aal="aal1",
        session_id="123e4567", email="ann@acme.example", phone="", is_anonymous=False, amr=[{"method": "password",
        "timestamp": 1}],
        app_metadata={"provider": "email", "providers": ["email"], "tenant": "acme",
        **({"role": role} if role else {})},
        user_metadata={"role": "admin", "tenant": "globex"},
    )


def clerk(iss, role):
    return oidc(
        "user_2GIpXOEpVyJw51rkZn9Kmnc6Sxr", iss=iss, azp="https://app.example.com", fva=[0, -1],
        sid="sess_2GaMqUCB3Sc1WNAkWuNzsnYVVEy",
        nbf=int(time.time()) - 10, jti="bc9d8f", v=2, sts="active", pla="o:pro",
        o={"id": "org_123", "slg": "acme", "rol": role, "per": "read,manage", "fpm": "3"},
    )


def clerk_v1(iss, role):
    return oidc(
        "user_2GIpXOEpVyJw51rkZn9Kmnc6Sxr", iss=iss, azp="https://app.example.com", nbf=int(time.time()) - 10,
        org_id="org_123", org_slug="acme", org_role=role, org_permissions=["org:admin"],
        sid="sess_2GaMqUCB3Sc1WNAkWuNzsnYVVEy",
    )


def zitadel(iss, roles):
    return oidc(
        "237000000000000077", iss=iss, aud=["237000000000000001@boards", "237000000000000001"],
        client_id="237000000000000001@boards",
        jti="V1_237", **{
            "urn:zitadel:iam:org:project:roles": {name: {"219000000000000004": "acme.zitadel.cloud"} for name in roles},
            "urn:zitadel:iam:user:resourceowner:id": "219000000000000004",
            "urn:zitadel:iam:user:resourceowner:name": "Acme",
        },
    )


def authentik(iss, groups):
    return oidc(
        "8d1f0f4d7e", iss=iss, aud="7rxexampleclientid", azp="7rxexampleclientid",
        acr="goauthentik.io/providers/oauth2/default",
        amr=["pwd"], uid="vK", nonce="n", email="ann@acme.example", preferred_username="ann", groups=groups,
    )


def kubernetes(iss, name):
    return oidc(
        f"system:serviceaccount:acme:{name}", iss=iss, aud=["boardcast"], nbf=int(time.time()), jti="ea28ed49",
        **{"kubernetes.io": {
            "namespace": "acme", "node": {"name": "n1", "uid": "646e7c5e"}, "pod": {"name": "p", "uid": "49ad"},
            "serviceaccount": {"name": name, "uid": "14ee3fa4"}, "warnafter": int(time.time()) + 1000,
        }},
    )


def uaa(iss, scopes):
    return oidc(
        "8b4a4e11-3f4e", iss=iss, aud=["boardcast", "openid"], jti="b6ae22", scope=scopes, client_id="boards",
        cid="boards",
        azp="boards", grant_type="authorization_code", user_id="8b4a4e11-3f4e", origin="uaa", user_name="ann",
        rev_sig="e60a", zid="uaa",
    )


def django(_, role, team=7):
    return {"sub": 42, "team_id": team, "role": role, "exp": int(time.time()) + HOUR, "iat": int(time.time()),
    "jti": "cf0f"}


#: By section: the token's claims, and who comes of them.
TOKENS = {
    "Keycloak": [
        (keycloak, (["offline_access", "default-roles-main", "boards-admin"], {"acme": {"id": "42c3"}}),
         ("acme", "f:8a1b:ann", "admin")),
        (keycloak, (["offline_access", "default-roles-main"], ["acme"]), ("acme", "f:8a1b:ann", "member")),
        (keycloak, (["admin", "offline_access"], ["acme"]), ("acme", "f:8a1b:ann", "viewer")),
    ],
    "Keycloak 2": [
        (keycloak_client, (["admin"],), ("acme", "f:8a1b:ann", "admin")),
        (keycloak_client, (["user"],), ("acme", "f:8a1b:ann", "member")),
        (keycloak_client, (["other"],), ("acme", "f:8a1b:ann", "viewer")),
    ],
    "Entra": [
        (entra, (["Boards.Admin", "Boards.Member"],), ("7f000001-0000-4000-8000-000000000001",
         "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "admin")),
        (entra, (["Boards.Member"], [f"{number:08d}-0000-4000-8000-{number:012d}" for number in range(200)]),
         ("7f000001-0000-4000-8000-000000000001", "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "member")),
    ],
    "Auth0": [
        (auth0, (["Board Admin"],), ("org_9ybsU1dN2dKfDkBi", "auth0|5f7c8ec7c33c6c004bbafe82", "admin")),
        (auth0, (["admin"],), ("org_9ybsU1dN2dKfDkBi", "auth0|5f7c8ec7c33c6c004bbafe82", "viewer")),
    ],
    "Auth0 2": [
        (auth0_permissions, (["boards:write", "boards:admin"],), ("acme", "auth0|5f7c8ec7c33c6c004bbafe82", "admin")),
        (auth0_permissions, (["boards:read"],), ("acme", "auth0|5f7c8ec7c33c6c004bbafe82", "viewer")),
    ],
    "Okta": [(okta, (["Everyone", "boards-users"],), ("acme", "ann@acme.example", "member"))],
    "Cognito": [
        (cognito, (["boards-admins"],), ("acme", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "admin")),
        (cognito, (None,), ("acme", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "member")),
    ],
    "Google": [(google, (), ("acme.example", "110169484474386276334", "member"))],
    "Firebase": [
        (firebase, ("admin",), ("acme-x1y2z", "mQ3xYzAbCdEfGhIjKlMnOpQrStU2", "admin")),
        (firebase, (None,), ("acme-x1y2z", "mQ3xYzAbCdEfGhIjKlMnOpQrStU2", "member")),
    ],
    "Supabase": [
        (supabase, ("admin",), ("acme", "123e4567-e89b-12d3-a456-426614174000", "admin")),
        (supabase, (None,), ("acme", "123e4567-e89b-12d3-a456-426614174000", "member")),
    ],
    "Supabase 2": [
        (supabase, ("admin",), ("acme", "123e4567-e89b-12d3-a456-426614174000", "admin")),
        (supabase, (None,), ("acme", "123e4567-e89b-12d3-a456-426614174000", "member")),
    ],
    "Clerk 2": [(clerk_v1, ("org:admin",), ("acme", "user_2GIpXOEpVyJw51rkZn9Kmnc6Sxr", "admin"))],
    "Clerk": [
        (clerk, ("admin",), ("acme", "user_2GIpXOEpVyJw51rkZn9Kmnc6Sxr", "admin")),
        (clerk, ("guest",), ("acme", "user_2GIpXOEpVyJw51rkZn9Kmnc6Sxr", "viewer")),
    ],
    "Zitadel": [(zitadel, (["boards-user", "boards-admin"],), ("219000000000000004", "237000000000000077", "admin"))],
    "Authentik": [(authentik, (["authentik Admins", "boards users"],), ("acme", "8d1f0f4d7e", "member"))],
    "Kubernetes": [
        (kubernetes, ("importer",), ("acme", "system:serviceaccount:acme:importer", "service")),
        (kubernetes, ("default",), ("acme", "system:serviceaccount:acme:default", "viewer")),
    ],
    "Cloud Foundry": [(uaa, (["openid", "boards.admin"],), ("uaa", "8b4a4e11-3f4e", "admin"))],
    "Django and Laravel": [
        (django, ("staff",), ("7", "42", "admin")), (django, ("user", "blue"), ("blue", "42", "member")),
        (django, ("admin",), ("7", "42", "viewer")),
    ],
}

#: Key sets as they are served, where they are not a plain RSA key with `kid`, `use` and `alg`.
KEYS = {
    # No alg; a chain and two thumbprints, and a key that is for encryption.
    "Entra": (RSA, [{"use": "sig", "x5t": "1LTMzakihiRla_8z2BEJVXeWMqo", "x5c": ["MIIDYDCC"]}]),
    "Keycloak": (RSA, [
        {"use": "enc", "alg": "RSA-OAEP", "kid": "enc", "x5c": ["MIIC"]},
        {"use": "sig", "alg": "RS256", "x5c": ["MIIC"], "x5t": "t", "x5t#S256": "t"},
    ]),
    "Supabase": (EC, [{"alg": "ES256", "key_ops": ["verify"], "ext": True}]),
    "Kubernetes": (RSA, [{"use": "sig", "alg": "RS256"}]),
    "Cloud Foundry": (RSA, [{"use": "sig", "alg": "RS256",
    "value": "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"}]),
}

#: What the header has beside `alg`, `typ` and `kid`.
HEADERS = {
    "Cloud Foundry": {"jku": "https://uaa.example.com/token_keys"},
    "Okta": {"typ": None}, "Cognito": {"typ": None}, "Kubernetes": {"typ": None}, "Zitadel": {"typ": "at+jwt"},
    "Clerk": {"cat": "cl_B7d4PD111AAA"}, "Auth0": {"typ": "at+jwt"},
}


def settings(name, issuer, tmp_path):
    """The settings of the section, with the issuer's place on this machine."""
    text, iss = SECTIONS[name], None
    if issuers := re.search(r"issuers: \[(https://[^/]+)(.*)\]", text):
        path = issuers[2]
        iss = issuer.base = issuer.base + path
        issuer.discover()
        issuer.documents[path.rstrip("/") + "/.well-known/openid-configuration"] = issuer.documents.pop(
            "/.well-known/openid-configuration")
        text = text.replace(issuers[0], f"issuers: [{iss}]")
    elif expected := re.search(r"issuer: (.*)", text):
        iss = expected[1]
    text = re.sub(r"jwksURL: .*", f"jwksURL: {issuer.url}", text)
    for setting, content in (("jwksFile", issuer.junk), ("secretFile", SECRET.encode())):
        (tmp_path / setting).write_bytes(content)
        text = re.sub(f"{setting}: .*", f"{setting}: {tmp_path / setting}", text)
    file = tmp_path / "boardcast.yaml"
    file.write_text(text)
    return file, iss


@pytest.mark.parametrize("name", TOKENS)
def test_the_settings_of_a_provider_let_its_users_in(start_server, tmp_path, name):
    key, members = KEYS.get(name, (RSA, [{"use": "sig", "alg": "RS256"}]))
    issuer = Issuer()
    issuer.junk = json.dumps({"keys": [jwk(key, **{"kid": "k1", **more}) for more in members]}).encode()
    file, iss = settings(name, issuer, tmp_path)
    server = start_server(args=["--config", str(file)], secret=None)
    headers = {"kid": "k1", **HEADERS.get(name, {})}
    if "secretFile" in SECTIONS[name]:
        key, stranger, algorithm, headers = SECRET, "another secret of enough bytes to be one", "HS256", {}
    elif key is EC:
        stranger, algorithm = ec.generate_private_key(ec.SECP256R1()), "ES256"
    else:
        stranger, algorithm = rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256"
    for make, arguments, expected in TOKENS[name]:
        claims = make(iss, *arguments)
        assert identity(server, sign(claims, key, algorithm, headers=headers)) == expected
        assert status(server, sign(claims, stranger, algorithm, headers=headers)) == 401
        for change in ({"iss": "https://elsewhere.example"}, {"aud": "another application", "client_id": "x",
        "azp": "x"}):
            if iss is not None:
                assert status(server, sign({**claims, **change}, key, algorithm, headers=headers)) == 401, change
    issuer.close()


def test_each_section_with_settings_is_tried():
    assert set(SECTIONS) == set(TOKENS)
