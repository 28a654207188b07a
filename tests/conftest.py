"""How tests are shared among workers: file by file, all workflow tests together."""

from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)  # before the workers read the groups
def pytest_collection_modifyitems(items):
    for item in items:
        path = Path(item.path)
        # The workflow tests share one finished run of the pipeline; those of faults one process.
        shared = path.parent.name in ("workflow", "faults")
        group = path.parent.name if shared else path.stem
        item.add_marker(pytest.mark.xdist_group(group))
