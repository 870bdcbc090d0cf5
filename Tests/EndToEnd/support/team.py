"""One tenant on a server: its tokens, calls and streams."""

import tokens
from rest import Api
from sse import Stream
from ws import WebSocket


class Team:
    """Makes what a test needs in the name of one tenant, and closes it all at the end."""

    def __init__(self, server, tenant):
        self.server, self.tenant = server, tenant
        self._opened = []

    def token(self, sub="ann", **more):
        return tokens.mint(sub, self.tenant, **more)

    def api(self, sub="ann", **more):
        """Calls as `sub`; `role="admin"` and other claims by keyword."""
        return self.keep(Api(self.server.url, self.token(sub, **more)))

    def admin(self):
        return self.api("root", role="admin")

    def stream(self, sub="ann", token=None, last_event_id=None, headers=None, claims=None, **params):
        """An open stream as `sub`; keywords become the query. Returns once the first event is here."""
        token = token or self.token(sub, **(claims or {}))
        stream = self.keep(
            Stream(self.server.url + "/sse/connect", token, last_event_id, params=params, headers=headers)
        )
        assert stream.established
        return stream

    def socket(self, sub="ann", token=None, claims=None, origin=None, headers=None, **params):
        """An open WebSocket as `sub`; keywords become the query. Returns once the first event is here."""
        token = token or self.token(sub, **(claims or {}))
        headers = {"Authorization": f"Bearer {token}", **(headers or {})}
        socket = self.keep(WebSocket(self.server, headers, params, origin))
        assert socket.established
        return socket

    def fence(self, *listeners):
        """An event for everyone in the tenant: once `listeners` have it, nothing from before is on its way to them."""
        seq = self.api("fence", role="service").publish("test.fence").json()["seq"]
        for listener in listeners:
            listener.wait_for_seq(seq)
        return seq

    def keep(self, closable):
        """Closes it too, at the end."""
        self._opened.append(closable)
        return closable

    def close(self):
        for closable in reversed(self._opened):
            closable.close()
        self._opened.clear()
