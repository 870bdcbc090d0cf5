"""A server as `serve --dev` has it, for those who try it out."""

import re
from urllib.parse import parse_qs, urlsplit

from harness import Server
from waiting import eventually

PAGE_URL = re.compile(r"http://[^\s/]+/#\S*token=\S+")


class DevServer(Server):
    """`serve --dev`: it makes its own secret and prints a page to open."""

    def __init__(self, directory):
        super().__init__(directory, args=["--dev"], secret=None, env={"BOARDCAST_SSE_RETRY_MILLISECONDS": "300"})

    @property
    def page_url(self):
        """Wherever it is printed, the newest one counts."""

        def find():
            found = PAGE_URL.findall("\n".join([self.log(), *self.stdout_lines]))
            return found[-1] if found else None

        return eventually(find, "a URL with a token in its fragment is printed")

    @property
    def token(self):
        return parse_qs(urlsplit(self.page_url).fragment)["token"][0]
