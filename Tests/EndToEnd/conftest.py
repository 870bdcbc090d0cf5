"""Fixtures: a server shared by the tests that need no settings of their own, and tenants on it."""

import itertools
import os
import random

import pytest

import harness
from harness import ORIGIN, Server
from scale import report_tally
from small_disk import SmallDisk
from team import Team
from tenant_files import Tenants

_numbers = itertools.count(1)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failing test shows how the servers' logs end."""
    report = (yield).get_result()
    if report.failed:
        for server in harness.running:
            state = "running" if server.alive else f"exited with {server.process.poll()}"
            report.sections.append((f"server on port {server.port}, {state}", server.log_tail()))


@pytest.fixture(scope="module", autouse=True)
def _figures():
    """Reports what the tests of a file have measured together."""
    yield
    report_tally()


@pytest.fixture(scope="session")
def _shared(tmp_path_factory):
    """Holds the shared server, so that it can be replaced if a test has killed it."""
    holder = []
    yield holder, tmp_path_factory
    for server in holder:
        server.dispose()


@pytest.fixture
def server(_shared):
    """A running server with default settings. Tests share it; each has its own tenant."""
    holder, directories = _shared
    if not holder or not holder[-1].alive:
        holder.append(Server(directories.mktemp("shared")).start())
    yield holder[-1]
    assert holder[-1].alive, f"the server died during this test: exit code {holder[-1].process.poll()}"


def _starting(new_directory):
    """A function that starts servers with settings of their own; in the end they are all ended."""
    started = []

    def start(env=None, **options):
        server = Server(new_directory(f"server{len(started)}"), env=env, **options)
        started.append(server)
        return server.start()

    yield start
    for server in started:
        server.dispose()


@pytest.fixture
def start_server(tmp_path):
    """Starts servers with settings of their own: `start_server({"BOARDCAST_…": "…"}, args=[…])`."""
    yield from _starting(lambda name: tmp_path / name)


@pytest.fixture(scope="module")
def start_for_module(tmp_path_factory):
    """As `start_server`, for fixtures that all tests of a file share."""
    yield from _starting(tmp_path_factory.mktemp)


@pytest.fixture
def disk(tmp_path):
    """A disk of 16 MB, for the database of a server that is to find it full: `start_server(disk=disk)`."""
    disk = SmallDisk(tmp_path / "disk", megabytes=16)
    yield disk
    disk.close()


@pytest.fixture
def make_team():
    """Makes tenants: `make_team(server)` has a name never used before."""
    teams = []

    def make(server, tenant=None):
        teams.append(Team(server, tenant or f"team-{next(_numbers)}"))
        return teams[-1]

    yield make
    for team in teams:
        team.close()


@pytest.fixture
def team(server, make_team):
    """A fresh tenant on the shared server."""
    return make_team(server)


@pytest.fixture(scope="module")
def open_team(start_for_module):
    """A tenant on a server that pages of ORIGIN may use."""
    team = Team(start_for_module({"BOARDCAST_HTTP_CORS_ORIGINS": ORIGIN}), "acme")
    yield team
    team.close()


@pytest.fixture
def api(team):
    """The calls of `ann`, a member."""
    return team.api("ann")


@pytest.fixture
def admin(team):
    """The calls of `root`, an admin."""
    return team.admin()


@pytest.fixture
def task(team):
    """A task on `main` that is neither ann's nor ben's."""
    return team.api("carl").create_task("Common property")


@pytest.fixture
def tenants(tmp_path):
    """A directory with a file for acme and one for globex."""
    tenants = Tenants(tmp_path)
    tenants.write("acme")
    tenants.write("globex")
    return tenants


@pytest.fixture
def rng(request):
    """Chance that can be repeated: the seed is printed, and `BOARDCAST_TEST_SEED` sets it."""
    seed = int(os.environ.get("BOARDCAST_TEST_SEED") or random.SystemRandom().randrange(2**32))
    print(f"{request.node.name}: BOARDCAST_TEST_SEED={seed}")
    return random.Random(seed)
