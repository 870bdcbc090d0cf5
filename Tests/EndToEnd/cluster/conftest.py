"""A PostgreSQL that a test may stop and kill, and gateways that share one."""

import itertools

import pytest

import postgres
from cluster import Cable, Cluster, Everywhere
from postgres import Postgres

_numbers = itertools.count(1)


@pytest.fixture
def database():
    postgres = Postgres().start()
    yield postgres
    postgres.dispose()


@pytest.fixture
def make_cluster(start_server):
    """Gateways on a database of their own, of the PostgreSQL that tests share."""
    return lambda count=2, env=None, on=None: Cluster(start_server, on or postgres.shared(), count, env)


@pytest.fixture
def two(make_cluster):
    return make_cluster(2)


@pytest.fixture
def three(make_cluster):
    return make_cluster(3)


@pytest.fixture
def everywhere():
    """A tenant of its own on each of several servers."""
    made = []

    def make(servers):
        made.append(Everywhere(servers, f"wide-{next(_numbers)}"))
        return made[-1]

    yield make
    for team in made:
        team.close()


@pytest.fixture
def cable(tmp_path_factory):
    """Cables to a PostgreSQL: `cable(database)`."""
    laid = []

    def lay(database):
        laid.append(Cable(database, tmp_path_factory.mktemp("cable")))
        return laid[-1]

    yield lay
    for one in laid:
        one.close()
