"""One release server of our own, on a database of its own: started, looked at, ended."""
import os, pathlib, re, shutil, subprocess, sys, tempfile

import mkjwt

HERE = pathlib.Path(__file__).resolve().parent
SECRET = "a-secret-for-load-tests-0123456789"
TENANT = "load"


def binary():
    found = pathlib.Path(os.environ.get("BOARDCAST_BIN") or HERE.parents[1] / ".build/release/boardcast")
    if not found.exists():
        sys.exit(f"{found} is not there: `swift build -c release --product boardcast`, or set BOARDCAST_BIN")
    return found.resolve()


def token(sub, role="member"):
    return mkjwt.token(SECRET, {"sub": sub, "tenant": TENANT, "role": role, "exp": 2**32})


class Target:
    """A server process. Ends with the `with` block; `exit_code` says how."""

    def __init__(self, **settings):
        self.directory = tempfile.mkdtemp(prefix="boardcast-load-")
        self.settings = {
            "AUTH_SECRET": SECRET, "LOG_LEVEL": "warning", "SERVER_DRAIN_SECONDS": "1",
            # One user may stand for every client of a run.
            "LIMITS_CONNECTIONS_PER_USER": "100000", "LIMITS_CONNECTIONS_PER_TENANT": "100000", **settings,
        }
        self.exit_code = None

    def __enter__(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BOARDCAST_")}
        environment |= {f"BOARDCAST_{name}": value for name, value in self.settings.items()}
        self.log = open(f"{self.directory}/server.log", "wb")
        self.process = subprocess.Popen(
            [binary(), "serve", "--port", "0", "--database", f"sqlite:{self.directory}/load.sqlite"],
            env=environment, stdout=subprocess.PIPE, stderr=self.log, cwd=self.directory)
        line = self.process.stdout.readline().decode()
        found = re.match(r"listening on https?://([^:]+):(\d+)", line)
        if not found:
            sys.exit(f"it does not listen; its log is {self.directory}/server.log")
        self.host, self.port = found[1], int(found[2])
        return self

    def __exit__(self, *failure):
        self.process.terminate()
        try:
            self.exit_code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.exit_code = self.process.wait()
        self.log.close()
        if self.exit_code == 0 and failure[0] is None:
            shutil.rmtree(self.directory)
        else:
            print(f"the server's log is {self.directory}/server.log", file=sys.stderr)

    @property
    def alive(self):
        return self.process.poll() is None

    def resident(self):
        """Resident memory in bytes, without what is only mapped from files."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"^RssAnon:\s+(\d+) kB", file.read(), re.M)[1]) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
