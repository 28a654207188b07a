"""The same cases in every run, and a limit to memory that a file's claim would break."""

import resource
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("repeatable")

MOST = 2 * 2**30  # bytes beyond what the worker has when a module begins


@pytest.fixture(scope="module", autouse=True)
def _little_memory():
    """A claim of terabytes ends in a MemoryError, which is a failure, and not in a machine without memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MOST, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)
