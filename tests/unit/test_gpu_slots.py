"""Processes that want a GPU share those that there are: real processes, real locks, and devices that are but names."""

import re
import signal
import subprocess
import sys
from collections import Counter

import pytest

CODE = """
import sys
from pathlib import Path
from showergan.io.gpu_slots import take
folder, per_device, *devices = sys.argv[1:]
place = take(devices, int(per_device), Path(folder))
assert take(devices, int(per_device), Path(folder)) == place  # its own slot is not taken from it
print(devices[place], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def start(tmp_path):
    """Start a process that takes a slot, prints its device, and ends when told."""
    started = []

    def started_one(per_device, *devices):
        command = [sys.executable, "-c", CODE, str(tmp_path / "locks"), str(per_device), *devices]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        started.append(subprocess.Popen(command, **pipes, text=True))
        return started[-1]

    yield started_one
    for process in started:
        process.kill()
        with process:  # closes its pipes
            process.wait()


def device_of(process):
    return process.stdout.readline().strip()


def test_each_device_has_one_process_before_any_has_two(start):
    first, second, third, fourth = (start(2, "a", "b") for _ in range(4))
    assert Counter(map(device_of, (first, second, third, fourth))) == {"a": 2, "b": 2}


def test_those_at_first_go_apart(start):
    assert [device_of(start(2, "a", "b")), device_of(start(2, "a", "b"))] == ["a", "b"]


def test_it_waits_for_a_process_that_ends_or_is_killed(start):
    """SIGKILL leaves nobody who could give a slot back."""
    held = [start(1, "a", "b"), start(1, "a", "b")]
    by_device = {device_of(process): process for process in held}
    assert set(by_device) == {"a", "b"}
    waits = [start(1, "a", "b") for _ in range(2)]
    for process in waits:
        assert re.match(r"waits for one of 2 GPUs: each has its 1 in ", process.stderr.readline())
    by_device["b"].send_signal(signal.SIGKILL)
    assert by_device["b"].wait() == -signal.SIGKILL
    by_device["a"].stdin.close()
    assert by_device["a"].wait() == 0
    assert {device_of(process) for process in waits} == {"a", "b"}
    # It said so once.
    for process in waits:
        assert process.communicate()[1] == ""


def test_what_one_process_sees_second_another_may_see_first(start):
    """The numbers of devices depend on CUDA_VISIBLE_DEVICES; their names do not."""
    assert device_of(start(1, "a", "b")) == "a"
    assert device_of(start(1, "c", "a", "b")) == "c"
    assert device_of(start(1, "a", "b")) == "b"


def test_nobody_else_may_touch_the_locks(start, tmp_path):
    assert device_of(start(1, "a")) == "a"
    assert (tmp_path / "locks").stat().st_mode & 0o777 == 0o700
