"""Being here puts tests/ on the path, so that every room's tests can import `builders`."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A machine that is busy is no fault of the code; timings are for `make bench`.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser):
    parser.addoption("--update-goldens", action="store_true", help="write the expected pages again")


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL server, for tests that are skipped where there is none."""
    from servers import passing_postgres  # noqa: PLC0415 - for these tests alone

    with passing_postgres() as found:
        yield found


@pytest.fixture
def update_goldens(request):
    return request.config.getoption("--update-goldens")
