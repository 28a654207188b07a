"""The workflow in an empty folder, run once on tiny data."""

import os
import shutil

import pytest
from copies import Workflow, copy_of_the_workflow, ran_to_its_end
from filelock import FileLock


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The tiny pipeline, run to its end, by one of several workers; tests leave it as they found it."""
    own = tmp_path_factory.getbasetemp() / "workflow"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return ran_to_its_end(own)
    shared = own.parents[1] / "workflow"
    with FileLock(shared.with_suffix(".lock")):
        if not shared.exists():
            ran_to_its_end(shared.with_name("unfinished")).folder.rename(shared)
    shutil.copytree(shared, own, symlinks=True)
    return Workflow(own)


@pytest.fixture
def tiny(finished):
    """The finished pipeline, with the tiny configuration put back afterwards."""
    yield finished
    finished.configure()


@pytest.fixture
def fresh(tmp_path):
    """The workflow before anything ran."""
    workflow = copy_of_the_workflow(tmp_path)
    workflow.configure()
    return workflow
