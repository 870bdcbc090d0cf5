"""A PostgreSQL that a test may stop and kill."""

import pytest

from postgres import Postgres


@pytest.fixture
def database():
    postgres = Postgres().start()
    yield postgres
    postgres.dispose()
