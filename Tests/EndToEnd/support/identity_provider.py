"""An OpenID provider as people run it: Canaille, from PyPI, with users, passwords and our page as a public client.

It runs in a process of its own, since its settings are the process's.
"""

import datetime
import json
import os
import socket
import subprocess
import sys
import threading

PASSWORD = "correct horse battery"
CLIENT = "boardcast-page"

#: Each user's town, which stands for the tenant here, and group.
PEOPLE = {
    "ann": ("acme", "boards-user"), "root": ("acme", "boards-admin"), "vic": ("acme", "no-boards"),
    "nora": (None, "boards-user"),
}


class IdentityProvider:
    """The process, which can be told to change."""

    def __init__(self, directory):
        self.log_path = directory / "provider.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        self.base = self.process.stdout.readline().strip()
        assert self.base.startswith("http"), self.log_path.read_text()

    def _tell(self, **what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n", self.log_path.read_text()

    def register(self, page, lifetime=3600, refresh=True):
        """Knows our pages at this address. Their tokens live for so many seconds, and may be renewed by refresh tokens."""
        self._tell(page=page, lifetime=lifetime, refresh=refresh)

    def forget_tokens(self):
        """As when an administrator has withdrawn them."""
        self._tell(forget=True)

    def close(self):
        self.process.kill()
        self.process.wait()

    @property
    def settings(self):
        """Those of a gateway whose people sign in here."""
        return {
            "BOARDCAST_AUTH_ISSUERS": self.base, "BOARDCAST_AUTH_TENANT_CLAIM": "address.locality",
            "BOARDCAST_AUTH_ROLE_CLAIM": "groups", "BOARDCAST_AUTH_ROLES": "boards-admin=admin,boards-user=member",
            "BOARDCAST_SIGN_IN_ISSUER": self.base, "BOARDCAST_SIGN_IN_CLIENT_ID": CLIENT,
            "BOARDCAST_SIGN_IN_SCOPES": "profile,email,address,groups", "BOARDCAST_AUTH_LEEWAY_SECONDS": "0",
        }


def serve():
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "true"  # it is on loopback
    from canaille import create_app
    from canaille.app import models
    from canaille.backends import Backend
    from canaille.oidc import provider
    from werkzeug.serving import make_server

    listener = socket.create_server(("127.0.0.1", 0))
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    app = create_app(env_file="", config={
        "SECRET_KEY": os.urandom(16).hex(), "SERVER_NAME": address, "PREFERRED_URL_SCHEME": "http",
        "TRUSTED_HOSTS": ["127.0.0.1"], "CACHE_TYPE": "SimpleCache",
        "CANAILLE": {"DATABASE": "memory", "JAVASCRIPT": False, "FORCE_HTTPS": False, "TIMEZONE": "UTC"},
        "CANAILLE_OIDC": {},
    })
    backend = Backend.instance

    def add_people():
        for name, (town, group) in PEOPLE.items():
            user = models.User(user_name=name, formatted_name=name.title(), family_name=name.title(),
                               emails=[f"{name}@example.com"], password=PASSWORD)
            if town:
                user.locality = town
            backend.save(user)
            found = backend.get(models.Group, display_name=group) or models.Group(display_name=group, members=[])
            found.members = [*found.members, user]
            backend.save(found)

    def register(page, lifetime, refresh):
        provider.authorization._token_generators["default"].expires_generator = lambda *_: lifetime
        for old in backend.query(models.Client):
            backend.delete(old)
        client = models.Client(
            client_id=CLIENT, client_name="Boardcast", client_uri=page, redirect_uris=[f"{page}/signed-in"],
            post_logout_redirect_uris=[f"{page}/signed-in"], response_types=["code"],
            grant_types=["authorization_code"] + ["refresh_token"] * refresh,
            scope=["openid", "profile", "email", "address", "groups"], token_endpoint_auth_method="none",
            client_id_issued_at=datetime.datetime.now(datetime.timezone.utc))
        backend.save(client)
        client.audience = [client]
        backend.save(client)

    def forget():
        for token in list(backend.query(models.Token)):
            backend.delete(token)

    with app.app_context():
        add_people()
    server = make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://{address}", flush=True)
    for line in sys.stdin:
        with app.app_context():
            what = json.loads(line)
            forget() if "forget" in what else register(**what)
        print("done", flush=True)


if __name__ == "__main__":
    serve()
