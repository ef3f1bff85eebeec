"""The packaged reader, loaded once for all tests of the reading."""

import pytest

from followup.domain.triage import Reader, load_reader


@pytest.fixture(scope="session")
def reader() -> Reader:
    return load_reader()


@pytest.fixture(scope="session")
def rules_alone() -> Reader:
    return load_reader(with_model=False)
