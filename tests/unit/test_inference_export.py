"""Exported generators give what PyTorch gives, with nothing but noise and particles."""

import json
import re
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from generators import FORMS, network, particles, trained, training_particles, untrained
from typer.testing import CliRunner

from showergan.cli import app
from showergan.errors import UserError
from showergan.evaluation.export import export_file, onnx_of, torchscript_of
from showergan.evaluation.generator import load_generator, save_generator
from showergan.tasks.showers.standalone import Standalone

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/generators.md").read_text()
FORMATS = ("onnx", "torchscript")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a generator of each conditioning and what is exported of it."""
    folder = tmp_path_factory.mktemp("exported")
    for form in FORMS:
        made = trained(network(1, form), network(2, form), form=form)
        save_generator(made.description, made.states, folder / f"{form}.pt")
    for kind in FORMATS:
        for form in FORMS:
            if form != "scaled":
                export_file(folder / f"{form}.pt", folder / f"{form}.{kind}", kind)
        paths = ["--generator", folder / "scaled.pt", "--out", folder / f"scaled.{kind}"]
        words = ["export", *map(str, paths), "--format", kind, "--epoch", "1"]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
    return folder


AXES = np.array([(x, y) for x in (-3, -0.0, 0, 3) for y in (-3, -0.0, 0, 3)], "f4")
EPOCH = {form: 1 if form == "scaled" else 2 for form in FORMS}


def run(path, noise, point, momentum, seed=None):
    """Run an exported file on numpy arrays, and on what `generate` draws for the response where it takes that."""
    given = {"noise": noise, "point": point, "momentum": momentum}
    if path.stem == "response":
        random = np.random.default_rng([seed, 1])
        given["uniform"] = random.random((len(noise), 901), np.float32)
    if path.suffix == ".onnx":
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        return session.run([Standalone.output], given)[0]
    with torch.no_grad():
        return torch.jit.load(path)(*map(torch.from_numpy, given.values())).numpy()


def noise_of(n, seed):
    """Return the noise that `generate` draws on a CPU."""
    return untrained().draw_noise(n, torch.Generator().manual_seed(seed)).numpy()


def differences(found, expected):
    """Return the relative differences of E + 1 MeV, which is exp of what the network learned."""
    return np.abs(found - expected) / (1 + expected)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("n", [1, 2, 250])
def test_exported_file_gives_what_generate_gives(folder, form, kind, n):
    given, generator = particles(n), load_generator(folder / f"{form}.pt")
    expected = generator.generate(*given, seed=7, epoch=EPOCH[form])
    found = run(folder / f"{form}.{kind}", noise_of(n, 7), *given, 7)
    assert found.dtype == np.float32
    assert found.shape == (n, 30, 30)
    assert differences(found, expected).max() < 1e-5
    assert found.max() > 10
    assert (found > 0).mean() > 0.2
    if form == "response":
        threshold = generator.description.conditioning.response.threshold_MeV
        assert (found == np.float32(threshold)).mean() > 0.02
        assert found[found > 0].min() == np.float32(threshold)
    other = generator.generate(*given, seed=7, epoch=3 - EPOCH[form])
    assert differences(found, other).max() > 0.1


class Given(torch.nn.Module):
    """A network whose noise is its output."""

    def forward(self, noise, condition):
        return noise.view(-1, 1, 30, 30)


@pytest.mark.parametrize("write", [onnx_of, torchscript_of])
def test_all_energies_keep_their_digits(tmp_path, write):
    """exp(x) - 1 in single precision would lose those of small ones, and exp would overflow."""
    path = tmp_path / f"g.{write.__name__.removesuffix('_of')}"
    module, given = Standalone(Given(), trained(untrained()).description), particles(2)
    log_energy = np.concatenate([np.geomspace(1e-6, 500, 1799), [0]]).astype("f4").reshape(2, 900)
    path.write_bytes(write(module, tuple(map(torch.from_numpy, (log_energy, *given))), "{}"))
    found = run(path, log_energy, *given)
    assert np.isfinite(found).all()
    expected = np.expm1(np.minimum(log_energy, 80).astype(float))
    np.testing.assert_allclose(found.reshape(2, 900), expected, rtol=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_conditions_are_those_of_the_training(form):
    made = trained(network(1, form), form=form)
    module = Standalone(made.network(), made.description)
    point, momentum = training_particles()
    point, momentum = (
        np.concatenate([point, AXES]),
        np.concatenate([momentum, momentum[: len(AXES)]]),
    )
    found = module.conditions(torch.from_numpy(point), torch.from_numpy(momentum))
    expected = made.description.conditioning.of(point, momentum)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
    assert found.dtype == torch.float32


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", FORMATS)
def test_points_on_the_axes(folder, form, kind):
    """ONNX has no atan2: what stands in its place must know all quadrants, and 0 of either sign is one number."""
    momentum = particles(len(AXES))[1]
    momentum[:3, :2] = [(-0.0, 0.0), (0.0, -0.0), (-0.0, -0.0)]
    generator = load_generator(folder / f"{form}.pt")
    made = {"seed": 1, "epoch": EPOCH[form]}
    expected = generator.generate(AXES + 0, momentum + 0, **made)
    assert differences(generator.generate(AXES, momentum, **made), expected).max() == 0
    found = run(folder / f"{form}.{kind}", noise_of(len(AXES), 1), AXES, momentum, 1)
    assert differences(found, expected).max() < 1e-5


def test_the_description_travels_along_and_no_path_of_this_machine(folder):
    expected = load_generator(folder / "raw.pt").description.model_dump(mode="json")
    session = onnxruntime.InferenceSession(folder / "raw.onnx")
    onnx = json.loads(session.get_modelmeta().custom_metadata_map["showergan"])
    files = {"showergan": ""}
    torch.jit.load(folder / "raw.torchscript", _extra_files=files)
    assert onnx == json.loads(files["showergan"]) == {**expected, "epoch": 2}
    assert [i.name for i in session.get_inputs()] == list(Standalone.inputs)
    for kind in FORMATS:
        assert str(ROOT).encode() not in (folder / f"raw.{kind}").read_bytes()


def test_refusals(folder, tmp_path, monkeypatch):
    arguments = ["export", "--generator", str(folder / "raw.pt"), "--out", str(tmp_path / "g")]
    assert CliRunner().invoke(app, [*arguments, "--format", "other"]).exit_code == 2
    with pytest.raises(UserError, match="Epoch 9"):
        export_file(folder / "raw.pt", tmp_path / "g", "torchscript", epoch=9)
    monkeypatch.setitem(export_file.__globals__, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'showergan\[export\]'"):
        export_file(folder / "raw.pt", tmp_path / "g", "onnx")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
def test_examples_of_the_page_run(folder, tmp_path, monkeypatch, capsys, code):
    monkeypatch.chdir(tmp_path)
    for name in ("generator.pt", "generator.onnx"):
        Path(name).symlink_to(folder / f"raw{Path(name).suffix}")
    exec(compile(code, "docs/generators.md", "exec"), {})
    assert "nan" not in capsys.readouterr().out


def test_page_names_everything_in_the_file(folder):
    for key in torch.load(folder / "raw.pt", weights_only=True):
        assert f"`{key}`" in PAGE
