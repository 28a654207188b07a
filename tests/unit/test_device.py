"""The device is chosen, or refused with a message."""

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
