"""In which order tests are shared among workers, file by file; and where downloads go."""

from pathlib import Path

import forked
import pytest


@pytest.fixture(scope="session", autouse=True)
def _no_cache_of_the_user(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SHOWERGAN_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def pytest_collection_modifyitems(items):
    # What takes longest goes first, so that no worker is left with it at the end.
    items.sort(key=lambda item: "workflow" not in Path(item.path).parts)


def pytest_sessionfinish():
    forked.stop()
