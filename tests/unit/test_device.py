"""The device is chosen, or refused with a message."""

import os
import subprocess
import sys

import pytest
import torch

from showergan.device import choose_device
from showergan.errors import UserError


def test_auto_takes_what_is_there():
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert choose_device("auto").type == expected
    assert choose_device("cpu").type == "cpu"
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize("name", ["gpu", "tpu", "mps", "cuda:x", ""])
def test_unknown_names_are_refused(name):
    with pytest.raises(UserError, match="allowed: auto, cpu, cuda"):
        choose_device(name)


def test_a_gpu_that_is_not_there_is_refused():
    with pytest.raises(UserError, match="this machine shows"):
        choose_device("cuda:99")


def test_linear_algebra_has_one_thread_whatever_is_asked_for():
    """Sums of several threads depend on how many there are."""
    code = (
        "from showergan.device import choose_device; choose_device('cpu'); "
        "import numpy, scipy.linalg, threadpoolctl; "
        "print(*(p['num_threads'] for p in threadpoolctl.threadpool_info() if p['user_api'] == 'blas'))"
    )
    asked = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.split()) == {"1"}
