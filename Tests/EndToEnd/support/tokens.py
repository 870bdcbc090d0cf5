"""Tokens by PyJWT, and crooked ones made by hand."""

import base64
import hashlib
import hmac
import json
import secrets
import time

import jwt

#: The HMAC key of every test server that is not about keys: 64 bytes.
SECRET = secrets.token_hex(32)

#: Every token made in this run, so that the logs can be searched for them.
minted = set()


def claims(sub="ann", tenant="acme", ttl=3600, **more):
    """The claims of an ordinary token; `more` adds to them, and None leaves one out."""
    everything = {"sub": sub, "tenant": tenant, "exp": int(time.time()) + ttl, **more}
    return {name: value for name, value in everything.items() if value is not None}


def sign(payload, key=SECRET, algorithm="HS256", headers=None):
    token = jwt.encode(payload, key, algorithm=algorithm, headers=headers)
    minted.add(token)
    return token


def mint(sub="ann", tenant="acme", **more):
    return sign(claims(sub, tenant, **more))


def cookie(token):
    """The header of a browser that holds this token as its session."""
    return {"Cookie": f"boardcast_session={token}"}


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(part):
    return part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()


def hs256(key):
    """A signer for `assemble` that asks no questions about the key."""
    key = key.encode() if isinstance(key, str) else key
    return lambda signed: hmac.new(key, signed, hashlib.sha256).digest()


def assemble(header, payload, signer=hs256(SECRET)):
    """A compact token of exactly these parts (JSON values or raw bytes), for what PyJWT declines to make."""
    signed = f"{b64url(_bytes(header))}.{b64url(_bytes(payload))}"
    token = f"{signed}.{b64url(signer(signed.encode()))}"
    minted.add(token)
    return token
