"""Who a token's holder is to the gateway."""

import json

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from rest import Api
from sse import Stream


def identity(server, token):
    """The tenant, the user and the role that a token comes to."""
    with Stream(server.url + "/sse/connect", token) as stream:
        hello = stream.established
    return hello["tenant"], hello["userId"], role(server, token)


def role(server, token):
    """What the token may do, as the name of a role."""
    api = Api(server.url, token)
    if api.get("/sse/stats").status_code == 200:
        return "admin"
    if api.post("/api/publish", {"type": "probe.sent", "data": {}, "ephemeral": True}).status_code < 300:
        return "service"
    return "member" if api.post("/api/tasks", {"name": "probe"}).status_code == 201 else "viewer"


def jwk(key, **more):
    """The public half as a JWK."""
    public = key.public_key()
    kinds = {
        rsa.RSAPublicKey: jwt.algorithms.RSAAlgorithm,
        ec.EllipticCurvePublicKey: jwt.algorithms.ECAlgorithm,
        ed25519.Ed25519PublicKey: jwt.algorithms.OKPAlgorithm,
    }
    algorithm = next(value for kind, value in kinds.items() if isinstance(public, kind))
    described = json.loads(algorithm.to_jwk(public))
    described.pop("key_ops", None)
    return {**described, **more}


def pem(key):
    """The public half as PEM."""
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
