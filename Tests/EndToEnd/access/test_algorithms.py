"""Keys of every kind: PEM files and JWK sets, tokens by PyJWT. The key decides the algorithm, never the token."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from rest import Api, problem
from tokens import assemble, b64url, claims, hs256, sign

KEYS = {
    "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p384": ec.generate_private_key(ec.SECP384R1()),
    "p521": ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
}
ALGORITHMS = {
    "RS256": "rsa", "RS384": "rsa", "RS512": "rsa", "PS256": "rsa", "PS384": "rsa", "PS512": "rsa",
    "ES256": "p256", "ES384": "p384", "ES512": "p521", "EdDSA": "ed25519",
}


def pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def jwk(key, **more):
    public = key.public_key()
    kind = {
        rsa.RSAPublicKey: jwt.algorithms.RSAAlgorithm,
        ec.EllipticCurvePublicKey: jwt.algorithms.ECAlgorithm,
        ed25519.Ed25519PublicKey: jwt.algorithms.OKPAlgorithm,
    }
    algorithm = next(value for type, value in kind.items() if isinstance(public, type))
    described = json.loads(algorithm.to_jwk(public))
    described.pop("key_ops", None)
    return {**described, "use": "sig", **more}


def get(server, token):
    return Api(server.url, token).get("/api/tasks")


@pytest.fixture
def start_with_key(start_server, tmp_path):
    """Starts a server that knows one PEM key and no secret."""

    def start(key):
        file = tmp_path / "public.pem"
        file.write_bytes(pem(key))
        return start_server({"BOARDCAST_AUTH_PUBLIC_KEY_FILE": str(file)}, secret=None)

    return start


@pytest.fixture(scope="module")
def keyed(start_for_module, tmp_path_factory):
    """A server with a set of every key, each by its `kid`, and one bound to RS256 alone."""
    keys = [jwk(key, kid=name) for name, key in KEYS.items()]
    keys.append(jwk(KEYS["rsa"], kid="only-rs256", alg="RS256"))
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    file.write_text(json.dumps({"keys": keys}))
    return start_for_module({"BOARDCAST_AUTH_JWKS_FILE": str(file)}, secret=None)


@pytest.mark.parametrize("kind", KEYS)
def test_a_pem_key_verifies_the_algorithms_of_its_kind(start_with_key, kind):
    server = start_with_key(KEYS[kind])
    for algorithm, needed in ALGORITHMS.items():
        token = sign(claims(), key=KEYS[needed], algorithm=algorithm)
        expected = 200 if needed == kind else 401
        assert get(server, token).status_code == expected, algorithm


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_set_verifies_by_kid(keyed, algorithm):
    name = ALGORITHMS[algorithm]
    answer = get(keyed, sign(claims(), key=KEYS[name], algorithm=algorithm, headers={"kid": name}))
    assert answer.status_code == 200, answer.text


def test_a_kid_that_names_no_key_or_another_key_is_401(keyed):
    for kid in ("unknown", "p384", "rsa", "", "../../etc/passwd", "' OR 1=1 --"):
        problem(get(keyed, sign(claims(), key=KEYS["p256"], algorithm="ES256", headers={"kid": kid})), 401)
    problem(get(keyed, assemble({"alg": "ES256", "kid": 7}, claims(), lambda _: b"\1" * 64)), 401)


def test_a_key_bound_to_one_algorithm_refuses_its_siblings(keyed):
    headers = {"kid": "only-rs256"}
    assert get(keyed, sign(claims(), key=KEYS["rsa"], algorithm="RS256", headers=headers)).status_code == 200
    for algorithm in ("RS512", "PS256"):
        problem(get(keyed, sign(claims(), key=KEYS["rsa"], algorithm=algorithm, headers=headers)), 401)


def test_a_signature_of_another_key_of_the_same_kind_is_401(keyed):
    stranger = ec.generate_private_key(ec.SECP256R1())
    problem(get(keyed, sign(claims(), key=stranger, algorithm="ES256", headers={"kid": "p256"})), 401)
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    problem(get(keyed, sign(claims(), key=stranger, algorithm="RS256", headers={"kid": "rsa"})), 401)


def test_ecdsa_signatures_without_substance_are_401(keyed):
    """r = s = 0 verified everything once; DER is what OpenSSL speaks, not what RFC 7518 allows."""
    header = {"alg": "ES256", "kid": "p256"}
    empty_der = b"\x30\x06\x02\x01\x00\x02\x01\x00"
    for signature in (b"\0" * 64, b"", b"\0" * 63 + b"\1", b"\xff" * 64, b"\0" * 16384, empty_der):
        token = assemble(header, claims(), lambda _: signature)
        assert get(keyed, token).status_code in (401, 431)
    der = assemble(header, claims(), lambda data: KEYS["p256"].sign(data, ec.ECDSA(hashes.SHA256())))
    problem(get(keyed, der), 401)


def test_an_hmac_made_with_a_public_key_is_401(start_with_key):
    """The oldest confusion: the public key is no secret, so it must never serve as one."""
    key = KEYS["rsa"]
    server = start_with_key(key)
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = pem(key)
    for secret in (text, text.strip(), b" " + text, text.replace(b"\n", b"\r\n"), der, b""):
        for algorithm in ("HS256", "hs256", "RS256"):
            problem(get(server, assemble({"alg": algorithm, "typ": "JWT"}, claims(), hs256(secret))), 401)
    problem(get(server, assemble({"alg": "none"}, claims(), lambda _: b"")), 401)


def test_an_hmac_made_with_a_key_of_the_set_is_401(keyed):
    public = jwk(KEYS["rsa"])
    for secret in (json.dumps(public).encode(), public["n"].encode(), pem(KEYS["rsa"])):
        problem(get(keyed, assemble({"alg": "HS256", "kid": "rsa"}, claims(), hs256(secret))), 401)


def test_a_key_in_the_token_is_never_used(keyed):
    stranger = ec.generate_private_key(ec.SECP256R1())
    for kid in ({}, {"kid": "p256"}):
        token = sign(claims(), key=stranger, algorithm="ES256", headers={"jwk": jwk(stranger), **kid})
        problem(get(keyed, token), 401)


def test_allowed_algorithms_can_be_narrowed(start_server, tmp_path):
    file = tmp_path / "public.pem"
    file.write_bytes(pem(KEYS["rsa"]))
    server = start_server(
        {"BOARDCAST_AUTH_PUBLIC_KEY_FILE": str(file), "BOARDCAST_AUTH_ALGORITHMS": "PS256"}, secret=None
    )
    assert get(server, sign(claims(), key=KEYS["rsa"], algorithm="PS256")).status_code == 200
    problem(get(server, sign(claims(), key=KEYS["rsa"], algorithm="RS256")), 401)


def test_a_secret_in_a_key_set_serves_hmac(start_server, tmp_path):
    file = tmp_path / "keys.json"
    secret = "s" * 48
    file.write_text(json.dumps({"keys": [{"kty": "oct", "kid": "mac", "alg": "HS256", "k": b64url(secret.encode())}]}))
    server = start_server({"BOARDCAST_AUTH_JWKS_FILE": str(file)}, secret=None)
    assert get(server, sign(claims(), key=secret, headers={"kid": "mac"})).status_code == 200
    problem(get(server, sign(claims(), key="t" * 48, headers={"kid": "mac"})), 401)
