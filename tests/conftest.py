"""How tests are shared among workers: file by file, and all that look at the finished pipeline together."""

from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)  # before the workers read the groups
def pytest_collection_modifyitems(items):
    # What takes longest goes first, so that no worker is left with it at the end.
    items.sort(key=lambda item: "workflow" not in Path(item.path).parts)
    for item in items:
        path = Path(item.path)
        # Those of faults share one process.
        group = "faults" if path.parent.name == "faults" else path.stem
        if "finished" in item.fixturenames:
            group = "finished"
        item.add_marker(pytest.mark.xdist_group(group))
