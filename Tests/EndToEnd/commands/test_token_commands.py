"""`boardcast token mint` and `token verify`, against PyJWT."""

import json
import re
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

import tokens
from harness import run_command
from rest import Api, ok
from tokens import SECRET


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET)
    return file


def test_a_minted_token_opens_the_server_and_satisfies_pyjwt(server, key_file):
    result = run_command(
        "token", "mint", "--sub", "cli", "--tenant", "cli-tenant", "--role", "admin",
        "--board", "main", "--board", "side", "--ttl", "2h", "--kid", "k1", "--claim", 'team="red"', "--claim", "level=3", "--key-file", key_file,
    )
    assert result.returncode == 0, result.stderr
    token = result.stdout.strip()
    assert "\n" not in token
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert claims["sub"] == "cli" and claims["tenant"] == "cli-tenant" and claims["role"] == "admin"
    assert claims["boards"] == ["main", "side"]
    assert claims["team"] == "red" and claims["level"] == 3
    assert abs(claims["exp"] - time.time() - 7200) < 120
    assert jwt.get_unverified_header(token)["kid"] == "k1"
    ok(Api(server.url, token).get("/sse/stats"), 200)


def test_a_minted_token_lives_an_hour_and_is_a_members_by_default(key_file):
    token = run_command("token", "mint", "--sub", "u", "--tenant", "t", "--key-file", key_file).stdout.strip()
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert abs(claims["exp"] - time.time() - 3600) < 120
    assert claims.get("role", "member") == "member" and "boards" not in claims


@pytest.mark.parametrize("algorithm", ["RS256", "PS384", "ES256"])
def test_a_token_is_minted_with_a_private_key(tmp_path, algorithm):
    private = (
        ec.generate_private_key(ec.SECP256R1()) if algorithm.startswith("ES")
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    file = tmp_path / "private.pem"
    file.write_bytes(private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))
    result = run_command("token", "mint", "--sub", "u", "--tenant", "t", "--alg", algorithm, "--key-file", file)
    assert result.returncode == 0, result.stderr
    assert jwt.decode(result.stdout.strip(), private.public_key(), algorithms=[algorithm])["sub"] == "u"


def test_a_good_token_is_verified_and_printed(key_file):
    token = tokens.mint("ann", "acme", role="admin")
    result = run_command("token", "verify", "--key-file", key_file, token)
    assert result.returncode == 0, result.stderr
    printed = json.loads(result.stdout)
    assert {"alg": "HS256", "typ": "JWT"}.items() <= printed["header"].items()
    assert printed["claims"] == jwt.decode(token, SECRET, algorithms=["HS256"])


@pytest.mark.parametrize(
    "make, word",
    [
        (lambda: tokens.mint(ttl=-3600), "exp"),
        (lambda: tokens.sign(tokens.claims(), key="another key that is long enough, too"), "signature"),
        (lambda: tokens.assemble({"alg": "none"}, tokens.claims(), lambda _: b""), "alg|sign"),
        (lambda: tokens.mint(tenant=None), "tenant"),
        (lambda: "rubbish", ""),
    ],
    ids=["expired", "forged", "alg none", "no tenant", "rubbish"],
)
def test_a_bad_token_is_exit_3_and_the_rule(key_file, make, word):
    result = run_command("token", "verify", "--key-file", key_file, make())
    assert result.returncode == 3, f"{result.returncode}: {result.stderr}"
    assert result.stdout == ""
    assert result.stderr and re.search(word, result.stderr.lower())
    assert SECRET not in result.stderr


def test_a_bare_signature_is_checked_whatever_the_payload(key_file):
    token = tokens.assemble({"alg": "HS256"}, b"not JSON at all")
    assert run_command("token", "verify", "--key-file", key_file, token).returncode == 3
    assert run_command("token", "verify", "--signature-only", "--key-file", key_file, token).returncode == 0
    forged = tokens.assemble({"alg": "HS256"}, b"not JSON at all", tokens.hs256(b"k" * 32))
    assert run_command("token", "verify", "--signature-only", "--key-file", key_file, forged).returncode == 3


def test_a_token_is_verified_with_a_jwk(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "key.json"
    file.write_text(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    token = tokens.sign(tokens.claims(), key=key, algorithm="ES256")
    assert run_command("token", "verify", "--jwk", file, token).returncode == 0
    other = tokens.sign(tokens.claims(), key=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256")
    assert run_command("token", "verify", "--jwk", file, other).returncode == 3
