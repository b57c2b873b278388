"""Pytest plugin, named in pyproject.toml: the tests get an embedded server of their own that is fast and forgets.

It is a plugin and not a conftest because pytest-django reads the settings before any conftest is found.
"""

import os
import sys

import pytest

from liaison.runtime.embedded import ensure, make_state_folder
from liaison.runtime.places import TEST, places
from liaison.runtime.postgres import RuntimeFault
from liaison.runtime.secrets import ensure_secrets

os.environ.setdefault("LIAISON_FLAVOUR", TEST)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start or join the test servers before the settings are read; keys of the tests come from their state folder."""
    try:
        ensure()
    except RuntimeFault as fault:
        raise pytest.UsageError(str(fault)) from fault


def main() -> int:
    """Make the keys of the tests' state folder, for checks that read the settings but start no server."""
    spots = places(TEST)
    make_state_folder(spots)
    ensure_secrets(spots.state)
    return 0


if __name__ == "__main__":
    sys.exit(main())
