"""In which order tests are shared among workers, file by file."""

from pathlib import Path


def pytest_collection_modifyitems(items):
    # What takes longest goes first, so that no worker is left with it at the end.
    items.sort(key=lambda item: "workflow" not in Path(item.path).parts)
