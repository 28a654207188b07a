"""The device is chosen, or refused with a message."""

import os
import re
import subprocess
import sys

import pytest
import torch

from showergan import cli
from showergan.errors import UserError
from showergan.io.device import choose_device


def test_auto_takes_what_is_there():
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert choose_device("auto").type == expected
    assert choose_device("cpu").type == "cpu"
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize("name", ["gpu", "tpu", "mps", "cuda:x", ""])
def test_unknown_names_are_refused(name):
    with pytest.raises(UserError, match="allowed: cpu, cuda"):
        choose_device(name)


def test_a_gpu_that_is_not_there_is_refused():
    with pytest.raises(UserError, match="this machine shows"):
        choose_device("cuda:99")


def test_linear_algebra_has_one_thread_whatever_is_asked_for():
    """Sums of several threads depend on how many there are."""
    code = (
        "import sys; from showergan.cli import run; sys.argv[1:] = ['describe', '--help']\n"
        "try: run()\nexcept SystemExit: pass\n"
        "import numpy, scipy.linalg, threadpoolctl\n"
        "found = [p for p in threadpoolctl.threadpool_info() if p['user_api'] == 'blas']\n"
        "print(*(p['num_threads'] for p in found), file=sys.stderr)"
    )
    asked = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stderr.split()) == {"1"}


without_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is here")


@without_gpu
def test_a_missing_gpu_is_told_once_and_only_to_who_would_take_one(capsys):
    choose_device("auto")
    assert re.fullmatch(r"no GPU: computes on the CPU, because .+\n", capsys.readouterr().err)
    choose_device("cpu")
    assert capsys.readouterr().err == ""


@without_gpu
def test_a_gpu_that_is_required_and_missing(capsys):
    with pytest.raises(UserError, match=r"--require-gpu: .*\. Without it the CPU would do"):
        choose_device("auto", require_gpu=True)
    assert capsys.readouterr().err == ""


def test_the_cpu_is_not_the_gpu_that_is_required():
    with pytest.raises(UserError, match="--device cpu and --require-gpu"):
        choose_device("cpu", require_gpu=True)


@pytest.mark.parametrize("per_gpu", [0, -1])
def test_a_gpu_without_a_slot_is_refused(per_gpu):
    with pytest.raises(UserError, match=rf"--per-gpu {per_gpu}: give a number of at least 1"):
        choose_device("auto", per_gpu)


@without_gpu
@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_step_that_requires_a_gpu_ends_with_a_message(way, monkeypatch, capsys, tmp_path):
    """As any other mistake of a user's; the data set is not looked at."""
    monkeypatch.delenv("SHOWERGAN_DEVICE", raising=False)
    names = ("data", "out", "metrics", "predictions")
    files = [word for name in names for word in (f"--{name}", str(tmp_path / name))]
    options = ["--require-gpu"] if way == "option" else []
    if way == "variable":
        monkeypatch.setenv("SHOWERGAN_REQUIRE_GPU", "1")
    monkeypatch.setattr(sys, "argv", ["showergan", "train-embedding", *files, *options])
    with pytest.raises(SystemExit) as end:
        cli.run()
    assert end.value.code == 1
    assert capsys.readouterr().err.startswith("error: --require-gpu: ")
