"""What an index and a reader would be given: a source archive, a wheel, and what the project says of itself."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())


def ran(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tracked():
    """Return the paths of all files of git, and of new ones that it does not ignore."""
    if not (ROOT / ".git").exists():
        pytest.skip("no checkout of git")
    told = ran("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    return [path for path in told.splitlines() if (ROOT / path).is_file()]


@pytest.fixture(scope="module")
def source(tracked, tmp_path_factory):
    """Return what the source archive, built from a copy of the checkout, holds: a folder."""
    folder = tmp_path_factory.mktemp("source")
    for path in tracked:
        (folder / "checkout" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / "checkout" / path)
    build = f"from setuptools.build_meta import build_sdist; build_sdist({str(folder)!r})"
    ran(sys.executable, "-c", build, cwd=folder / "checkout")
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    """Return the wheel that is built from the source archive, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    offline = ["--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", folder]
    ran(sys.executable, "-m", "pip", "wheel", "--quiet", *offline, source)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return a new environment with the wheel in it, which borrows all other packages from this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin/python"
    pip = [sys.executable, "-m", "pip", "--python", python]
    ran(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel)
    ours = ran(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    Path(ours, "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def call(installed, folder, program, *words):
    """Return what a program of that environment prints, started in a folder that is no checkout."""
    free = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    return ran(installed / "bin" / program, *words, cwd=folder, env=free)


@pytest.mark.slow
class TestWheel:
    def test_every_file_of_the_package_is_in_it_and_no_other(self, wheel, tracked):
        held = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
        assert held == {path.removeprefix("src/") for path in tracked if path.startswith("src/")}

    def test_the_licence_travels_along(self, source, wheel):
        assert (source / "LICENSE").exists()
        assert any(name.endswith("/LICENSE") for name in zipfile.ZipFile(wheel).namelist())

    def test_commands_work_outside_of_the_checkout(self, installed, tmp_path):
        where = call(
            installed, tmp_path, "python", "-c", "import showergan; print(showergan.__file__)"
        )
        assert Path(where.strip()).is_relative_to(installed)
        assert "evaluate-file" in call(installed, tmp_path, "showergan", "--help")
        schema = call(installed, tmp_path, "showergan", "schema")
        assert schema == (ROOT / "workflow/schemas/config.schema.yaml").read_text()

    def test_the_shipped_showers_become_a_data_set(self, installed, tmp_path):
        call(installed, tmp_path, "showergan", "sample", "--recipe", "{}", "--out", "s.npz")
        with np.load(tmp_path / "s.npz") as file:
            assert file["EnergyDeposit"].shape == (12000, 30, 30, 1)
        words = ["preprocess", "--source", "s.npz", "--recipe", "{}", "--out", "s.h5"]
        call(installed, tmp_path, "showergan", *words)
        assert (tmp_path / "s.h5").stat().st_size > 10**6


class TestTorch:
    """A library takes a range; this checkout one version, in one place."""

    pinned = re.search(r" torch==(\S+)", (ROOT / "envs/showergan.post-deploy.sh").read_text())[1]

    def test_the_pin_is_in_the_range(self):
        (wanted,) = [d for d in PROJECT["dependencies"] if re.match(r"torch\W", d)]
        assert self.pinned in SpecifierSet(wanted.removeprefix("torch"))

    def test_the_readme_tells_the_same_one(self):
        assert f"`torch=={self.pinned}`" in (ROOT / "README.md").read_text()

    def test_it_is_what_runs_here(self):
        assert version("torch").partition("+")[0] == self.pinned


def test_an_extra_is_added_to_what_is_installed():
    """As the pages tell it, and without a look at any index for showergan itself."""
    offline = ["--dry-run", "--no-index", "--no-deps"]
    told = ran(sys.executable, "-m", "pip", "install", *offline, "showergan[s3]")
    assert "already satisfied: showergan[s3]" in told


class TestCitation:
    def test_it_says_what_the_package_says(self):
        assert CITATION["version"] == PROJECT["version"]
        assert CITATION["license"] == PROJECT["license"]
        assert CITATION["keywords"] == PROJECT["keywords"]
        assert [a["name"] for a in CITATION["authors"]] == [a["name"] for a in PROJECT["authors"]]
        assert CITATION.get("repository-code") == PROJECT.get("urls", {}).get("Repository")

    def test_it_has_what_the_format_asks_for(self):
        """Citation File Format 1.2.0: these four, and dates as yyyy-mm-dd."""
        assert {"cff-version", "message", "title", "authors"} <= set(CITATION)
        assert CITATION["cff-version"] == "1.2.0"
        assert isinstance(CITATION["date-released"], date)


class TestCatalogue:
    """What the catalogue of Snakemake workflows asks of a repository with a page of its own in it."""

    def test_the_files_it_reads_are_there(self):
        readme = (ROOT / "README.md").read_text().lower()
        assert "snakemake" in readme
        assert "workflow" in readme
        assert (ROOT / "workflow/Snakefile").exists()
        assert (ROOT / "config/README.md").exists()

    def test_its_settings_are_ones_that_it_knows(self):
        settings = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())
        usage = settings.pop("usage")
        assert not settings
        assert set(usage) == {"mandatory-flags", "software-stack-deployment", "report"}
        assert set(usage["mandatory-flags"]) == {"desc", "flags"}
        assert set(usage["software-stack-deployment"]) == {"conda", "apptainer", "apptainer+conda"}

    def test_its_page_names_every_section_of_the_configuration(self):
        page = (ROOT / "config/README.md").read_text()
        for section in yaml.safe_load((ROOT / "config.yaml").read_text()):
            assert f"`{section}`" in page


def test_hooks_of_git_are_those_of_make_lint():
    (recipe,) = re.findall(
        r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert local["repo"] == "local"  # versions of another place would part from requirements.lock
    hooks = [hook["entry"].removeprefix(".venv/bin/") for hook in local["hooks"]]
    assert hooks == [line.strip() for line in recipe.splitlines()]


FORMS = [p for p in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if p.name != "config.yml"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_forms_are_what_github_reads(path):
    form = yaml.safe_load(path.read_text())
    assert {"name", "description", "labels", "body"} == set(form)
    assert len({field["id"] for field in form["body"]}) == len(form["body"])
    for field in form["body"]:
        assert field["type"] == "textarea"
        assert {"label"} <= set(field["attributes"]) <= {"label", "description", "render"}
        assert set(field.get("validations", {})) <= {"required"}
    assert form["body"][0]["validations"]["required"]
