"""The examples of the pages do what the pages say: they run in their order, each page on a server and in a folder of its own.

What a block is tried for stands after its language: `prints=TEXT` is in its output; `until=TEXT` comes in the output
sooner or later, while the block runs to the end of the page; `file=NAME` is only saved under that name; `check` is only read by
its language's parser. Every other block has to end with 0.
"""

import os
import shutil
import signal
import socket
import subprocess

import pytest

from dev_server import DevServer
from harness import ROOT, binary, clean_environment
from pages import examples
from waiting import DEADLINE, eventually

#: The pages whose examples run, and those of them that start the server themselves.
PAGES = ["START", "CONCEPTS", "STREAMS", "CLIENTS", "MIGRATING", "INSTALL", "UPGRADING"]
STARTING = {"START"}

DOCUMENTED = "http://127.0.0.1:8788"
RUNNERS = {"js": "node", "python": "python3", "php": "php", "swift": "swift"}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Reader:
    """A person at a terminal who types what a page says."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        (folder / "Docs").symlink_to(ROOT / "Docs")
        tools = folder / "tools"
        tools.mkdir()
        (tools / "boardcast").symlink_to(binary())
        node = ROOT / ".venv/bin/node"
        (tools / "node").symlink_to(node if node.exists() else shutil.which("node"))
        self.environment = clean_environment()
        self.environment.update(PATH=f"{tools}:{os.environ['PATH']}", BOARDCAST_SSE_HEARTBEAT_SECONDS="1")
        self.running = []
        self.server = None

    def use(self, url):
        self.url = url
        self.environment.update(BOARDCAST_URL=url)

    def start_server(self):
        """The server that the page takes for granted, and a token for it."""
        self.server = DevServer(self.folder)
        self.server.env["BOARDCAST_SSE_HEARTBEAT_SECONDS"] = "1"
        self.server.start()
        self.use(self.server.url)
        self.environment["BOARDCAST_TOKEN"] = self.server.token

    def type(self, example, number):
        """Does what the block is for, and returns its output, or nothing while it runs on."""
        text = example.text.replace(DOCUMENTED, self.url)
        if "file" in example.wants:
            (self.folder / example.wants["file"]).write_text(text)
            return
        if "check" in example.wants:
            assert example.language == "js"
            (self.folder / "check.mjs").write_text(text)
            text = "node --check check.mjs"
        elif example.language != "sh":
            (self.folder / "example").write_text(text)
            text = f"{RUNNERS[example.language]} example"
        # Variables stay for the next block, as they would in a terminal.
        text = f"[ ! -e .variables ] || . ./.variables\ntrap 'set +eux; declare -p | grep -Ev \"^declare -[a-zA-Z]*r|^declare -- (BASH|_)\" > .variables' EXIT\nset -euo pipefail\n{text}"
        printed = self.folder / f"printed-{number}"
        with open(printed, "wb") as output:
            process = subprocess.Popen(
                # Whole lines, also of programs that keep them back where no terminal is.
                ["stdbuf", "-oL", "bash", "-c", text], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        self.running.append(process)
        if "until" in example.wants:
            self.open.append((example, printed, process))
            self.wait_until_it_follows(example, printed, process)
            return
        code = process.wait(DEADLINE)
        output = printed.read_text(errors="replace")
        assert code == 0, f"exit code {code}:\n{output}"
        assert example.wants.get("prints", "") in output, output

    open = ()

    def wait_until_it_follows(self, example, printed, process):
        """A block that follows events has begun to once it has printed something."""
        eventually(lambda: printed.stat().st_size > 0 or process.poll() is not None,
                   f"the block in line {example.line} prints something")

    def finish(self):
        """Everything that was to come has come."""
        for example, printed, process in self.open:
            wanted = example.wants["until"]
            eventually(
                lambda: wanted in printed.read_text(errors="replace"),
                f"the block in line {example.line} prints {wanted}; it has printed:\n"
                + printed.read_text(errors="replace")[-2000:])

    def leave(self):
        for process in self.running:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self.server:
            self.server.dispose()


@pytest.fixture
def reader(tmp_path):
    reader = Reader(tmp_path / "reader")
    reader.open = []
    yield reader
    reader.leave()


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_do_what_it_says(reader, page):
    path = ROOT / f"Docs/{page}.md"
    if page in STARTING:
        port = free_port()
        reader.environment["BOARDCAST_HTTP_PORT"] = str(port)
        reader.use(f"http://127.0.0.1:{port}")
    else:
        reader.start_server()
    found = examples(path)
    assert found
    for number, example in enumerate(found):
        try:
            reader.type(example, number)
        except AssertionError as error:
            raise AssertionError(f"{path.name}:{example.line}: {error}\n{example.text}") from None
    reader.finish()
