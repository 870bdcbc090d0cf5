"""An identity provider: keys at a URL that a test changes."""

import http.server
import json
import threading

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from tokens import claims, sign
from waiting import DEADLINE


class Issuer:
    """An identity provider on loopback. What it answers can be changed; what it was asked is counted."""

    def __init__(self):
        self.private = {}
        self.status, self.headers, self.junk = 200, {}, None
        #: Other documents by path.
        self.documents = {}
        #: How often it was asked for its keys.
        self.asked = 0
        #: How often it was asked for another document.
        self.asked_for_documents = 0
        #: Set while a request for the keys waits for `hold`.
        self.waiting = threading.Event()
        self.hold = threading.Event()
        self.hold.set()
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                document = issuer.documents.get(self.path)
                if document is None:
                    issuer.asked += 1
                    body = issuer.junk if issuer.junk is not None else issuer.jwks()
                else:
                    issuer.asked_for_documents += 1
                    body = json.dumps(document).encode()
                self.send_response(issuer.status)
                for name, value in issuer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body[:10])
                    issuer.waiting.set()
                    issuer.hold.wait(DEADLINE)
                    issuer.waiting.clear()
                    self.wfile.write(body[10:])
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        #: As `iss` has it.
        self.base = f"http://127.0.0.1:{self.http.server_port}"
        self.url = self.base + "/jwks.json"

    def discover(self, **more):
        """From now on it has a discovery document."""
        self.documents["/.well-known/openid-configuration"] = {"issuer": self.base, "jwks_uri": self.url, **more}

    def rotate(self, *key_ids):
        """From now on it has these keys alone."""
        self.private = {name: self.private.get(name) or ec.generate_private_key(ec.SECP256R1()) for name in key_ids}

    def jwks(self):
        keys = []
        for name, key in self.private.items():
            jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
            keys.append({**jwk, "kid": name, "alg": "ES256", "use": "sig"})
        return json.dumps({"keys": keys}).encode()

    def token(self, key_id, **more):
        return sign(claims(**more), self.private[key_id], "ES256", headers={"kid": key_id})

    def close(self):
        self.hold.set()
        self.http.shutdown()
        self.http.server_close()
