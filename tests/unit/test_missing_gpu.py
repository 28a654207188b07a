"""Reasons for a missing GPU, and the warning about an idle one."""

from importlib.metadata import version

import pytest

from showergan.io import missing_gpu

CUDA = {"build": "2.13.0", "for_cpus": False}


@pytest.fixture(autouse=True)
def plain(monkeypatch, tmp_path):
    """A machine without a driver, whatever this one has."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(missing_gpu, "DRIVER", tmp_path / "version")
    for name in ("CUDA_VISIBLE_DEVICES", "SHOWERGAN_DEVICE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=["file", "program"])
def driver(request, tmp_path):
    if request.param == "file":
        (tmp_path / "version").touch()
    else:
        (tmp_path / "nvidia-smi").touch(mode=0o755)


def test_a_build_for_cpus():
    found = missing_gpu.reason("2.13.0+cpu", for_cpus=True)
    assert found == "PyTorch 2.13.0+cpu is a build for CPUs"


def test_a_build_for_cpus_beside_a_driver(driver):
    found = missing_gpu.reason("2.13.0+cpu", for_cpus=True)
    assert found.endswith("is a build for CPUs, though this machine has an NVIDIA driver")


def test_no_driver():
    assert missing_gpu.reason(**CUDA) == "this machine has no NVIDIA driver"


@pytest.mark.parametrize("visible", ["", "-1"])
def test_hidden_gpus(driver, monkeypatch, visible):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert missing_gpu.reason(**CUDA) == f"CUDA_VISIBLE_DEVICES={visible} hides every GPU"


def test_a_driver_without_a_gpu(driver, monkeypatch):
    told = "there is an NVIDIA driver, but PyTorch 2.13.0 finds no GPU (compare nvidia-smi)"
    assert missing_gpu.reason(**CUDA) == told
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    assert missing_gpu.reason(**CUDA) == f"{told}, and CUDA_VISIBLE_DEVICES is 7"


of_cpu_build = pytest.mark.skipif(
    not version("torch").endswith("+cpu"), reason="PyTorch is no build for CPUs"
)


def test_nothing_is_said_where_there_is_no_driver():
    assert missing_gpu.idle_gpu() is None


@of_cpu_build
def test_a_gpu_that_would_be_idle(driver, monkeypatch):
    assert "though this machine has an NVIDIA driver: install" in missing_gpu.idle_gpu()
    monkeypatch.setenv("SHOWERGAN_DEVICE", "cpu")
    assert missing_gpu.idle_gpu() is None
