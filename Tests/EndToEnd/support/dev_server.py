"""A server as `serve --dev` has it, for those who try it out."""

import re

from harness import Server
from waiting import eventually

PAGE_URL = re.compile(r"http://[^\s/]+/#link=\S+")
TOKEN = re.compile(r"BOARDCAST_TOKEN=(\S+)")


class DevServer(Server):
    """`serve --dev`: it makes its own secret and prints a page to open."""

    def __init__(self, directory):
        super().__init__(directory, args=["--dev"], secret=None, env={"BOARDCAST_SSE_RETRY_MILLISECONDS": "300"})

    @property
    def page_url(self):
        """A link that works once; the newest one counts, and another is printed when it was used."""
        return self._newest(PAGE_URL, "a link is printed")

    @property
    def token(self):
        return self._newest(TOKEN, "a token for other programs is printed")

    def _newest(self, pattern, what):
        def find():
            found = pattern.findall("\n".join(self.stdout_lines))
            return found[-1] if found else None

        return eventually(find, what)
