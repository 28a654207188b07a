"""The example in C++ makes, of the same random numbers, the showers that Python makes."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from forked import python
from generators import network, trained

from showergan.evaluation.generator import save_generator

ROOT = Path(__file__).parents[2]
ONNXRUNTIME = Path(os.environ.get("ONNXRUNTIME", ROOT / "build/onnxruntime"))
PAGE = (ROOT / "docs/cpp.md").read_text()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("g++"), reason="no g++"),
    pytest.mark.skipif(
        not (ONNXRUNTIME / "include/onnxruntime_cxx_api.h").exists(),
        reason="no onnxruntime for C++: tests/cpp/install.sh",
    ),
]


@pytest.fixture(scope="module", params=["raw", "response"])
def folder(request, tmp_path_factory):
    """Return a folder where the commands of the page were run, word for word."""
    folder = tmp_path_factory.mktemp(request.param)
    made = trained(network(1, request.param), form=request.param)
    save_generator(made.description, made.states, folder / "generator.pt")
    (folder / "examples").symlink_to(ROOT / "examples")
    (folder / "bin").mkdir()
    showergan = folder / "bin/showergan"
    showergan.write_text(f'#!/bin/sh\nexec {python()} -m showergan.cli "$@"\n')
    showergan.chmod(0o755)
    (block,) = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", block],
        cwd=folder,
        env=os.environ | {"PATH": path, "ONNXRUNTIME": str(ONNXRUNTIME)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return folder


def expected(session, particles):
    """Return showers (n, 30, 30) [MeV] by Python, of the numbers of the same generator of random ones, MT19937."""
    source = np.random.RandomState(1)._bit_generator
    n = len(particles)
    given = {"point": particles[:, 3:], "momentum": particles[:, :3]}
    for each in session.get_inputs():
        if each.name not in given:
            raw = source.random_raw(n * each.shape[1]).reshape(n, -1)
            uniform = (raw >> 8) * np.float32(2**-24)
            given[each.name] = 2 * uniform - 1 if each.name == "noise" else uniform
    return session.run(None, {k: np.asarray(v, "f4") for k, v in given.items()})[0]


def test_showers_are_those_of_python(folder):
    session = onnxruntime.InferenceSession(folder / "generator.onnx")
    particles = np.loadtxt(folder / "particles.csv", delimiter=",", skiprows=1)
    found = np.loadtxt(folder / "showers.csv", delimiter=",").reshape(-1, 30, 30)
    assert found.max() > 10
    np.testing.assert_allclose(found, expected(session, particles), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
    ("particles", "says"),
    [
        ("x_cm,y_cm\n1,2\n", "the first line is not px_GeV"),
        ("px_GeV,py_GeV,pz_GeV,x_cm,y_cm\n", "no particles"),
        ("px_GeV,py_GeV,pz_GeV,x_cm,y_cm\n0,0,-20,0,0\n", "pz > 0: 0,0,-20,0,0"),
        ("px_GeV,py_GeV,pz_GeV,x_cm,y_cm\n0,0,20,0\n", "no five numbers"),
    ],
)
def test_refusals(folder, tmp_path, particles, says):
    (tmp_path / "p.csv").write_text(particles)
    words = [folder / "generate", folder / "generator.onnx", tmp_path / "p.csv"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr


def test_a_compiler_has_nothing_to_warn_of():
    words = ["g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"]
    source = ROOT / "examples/cpp/generate.cpp"
    subprocess.run([*words, f"-I{ONNXRUNTIME}/include", source], check=True, timeout=60)
