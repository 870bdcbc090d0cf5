"""One tenant on a server: its tokens, calls and streams."""

import tokens
from rest import Api
from sse import Stream


class Team:
    """Makes what a test needs in the name of one tenant, and closes it all at the end."""

    def __init__(self, server, tenant):
        self.server, self.tenant = server, tenant
        self._opened = []

    def token(self, sub="ann", **more):
        return tokens.mint(sub, self.tenant, **more)

    def api(self, sub="ann", **more):
        """Calls as `sub`; `role="admin"` and other claims by keyword."""
        return self._keep(Api(self.server.url, self.token(sub, **more)))

    def admin(self):
        return self.api("root", role="admin")

    def stream(self, sub="ann", token=None, last_event_id=None, headers=None, claims=None, **params):
        """An open stream as `sub`; keywords become the query. Returns once the first event is here."""
        token = token or self.token(sub, **(claims or {}))
        stream = self._keep(
            Stream(self.server.url + "/sse/connect", token, last_event_id, params=params, headers=headers)
        )
        assert stream.established
        return stream

    def _keep(self, closable):
        self._opened.append(closable)
        return closable

    def close(self):
        for closable in reversed(self._opened):
            closable.close()
        self._opened.clear()
