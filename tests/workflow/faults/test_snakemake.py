"""Snakemake that is killed, run twice, or finds altered files: a correct result, or a message with what mends it."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml
from forked import python

from showergan.records.verification import findings

ROOT = Path(__file__).parents[3]
RUN = Path("results/toys")
TARGET = f"{RUN}/summary.csv"
PERCEPTRON = {"kind": "perceptron", "width": 8}
KILLED = {"everything": 2, "snakemake": 1, "a job": 1}  # how often


class Run:
    """The workflow in a folder, on a few points; by default run by a Python that starts at once, and its jobs too."""

    def __init__(self, folder, executable=None):
        self.folder = folder
        self.python = executable or python()

    def prepare(self):
        """Write the workflow and its configuration."""
        for part in ("Snakefile", "config.yaml", "workflow", "profiles", "envs"):
            source = ROOT / part
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, self.folder / part)
        (self.folder / "src").symlink_to(ROOT / "src")
        raw = yaml.safe_load((ROOT / "experiments/toys.yaml").read_text())
        raw["data"]["n_points"] = 256
        raw["methods"] = {name: raw["methods"][name] for name in ("sn", "clipping")}
        raw["training"] |= {"seeds": [1], "epochs": 4, "batch_size": 32, "n_critic": 1}
        raw["training"] |= {"generator": PERCEPTRON, "discriminator": PERCEPTRON}
        raw["training"]["evaluate"] = {"first": 2, "every": 2}
        raw["evaluation"] = {"clusters": 4, "repeats": 2}
        (self.folder / "small.yaml").write_text(yaml.safe_dump(raw))
        return self

    def start(self, *arguments, said="said.txt"):
        """Start Snakemake, with all that it starts in a group of its own."""
        without = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
        own = {"OMP_NUM_THREADS": "1", "SHOWERGAN_CHECKPOINT_SECONDS": "0"}
        command = [self.python, "-m", "snakemake", "--configfile", "small.yaml", "--cores", "2"]
        return subprocess.Popen(
            [*command, *arguments],
            cwd=self.folder,
            env=without | own,
            stdout=(self.folder / said).open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def end(self, *arguments):
        """Run Snakemake to its end; return its exit status and what it said."""
        status = self.start(*(arguments or [TARGET])).wait(timeout=1500)
        return status, (self.folder / "said.txt").read_text()

    def complete(self, *arguments):
        """Run it, which succeeds."""
        status, said = self.end(*arguments)
        assert status == 0, said

    def unlock(self):
        """Do what `snakemake --unlock` does."""
        shutil.rmtree(self.folder / ".snakemake/locks", ignore_errors=True)

    def artefacts(self):
        """Return the bytes of all artefacts by path, but for what tells times."""
        run = self.folder / RUN
        return {
            str(path.relative_to(run)): _timeless(path)
            for path in sorted(run.rglob("*"))
            if path.is_file() and not _is_aside(path)
        }


def _is_aside(path):
    return any(part.startswith(".") for part in path.parts)


def _timeless(path):
    content = path.read_bytes()
    if path.suffix != ".json":
        return content
    told = json.loads(content)
    for name in ("finished", "seconds", "cpu_seconds", "peak_memory_MB"):
        told.pop(name, None)
    if "outputs" in told:  # whose hashes are of files that tell times too
        told["outputs"].pop("run.json", None)
    return json.dumps(told, sort_keys=True).encode()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    run = Run(tmp_path_factory.mktemp("undisturbed")).prepare()
    run.complete()
    return run


@pytest.fixture
def run(undisturbed, tmp_path):
    """A copy of what is finished."""
    shutil.copytree(undisturbed.folder, tmp_path / "run", symlinks=True)
    return Run(tmp_path / "run")


def kill(process, whom, moments):
    """Kill Snakemake and all it started, it alone, or one of its jobs; return whether that was possible."""
    if whom == "a job":
        running = [p for p in psutil.Process(process.pid).children(recursive=True) if _works(p)]
        if running:
            moments.choice(running).kill()
        process.wait()
        return bool(running)
    if process.poll() is not None:
        return False
    (os.killpg if whom == "everything" else os.kill)(process.pid, signal.SIGKILL)
    process.wait()
    return True


def _works(process):
    try:
        return "bin/showergan" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_as_if_never_killed(undisturbed, tmp_path):
    """Processes of Snakemake and of jobs as a user has them."""
    run, moments, wanted = (
        Run(tmp_path, sys.executable).prepare(),
        random.Random(12),
        undisturbed.artefacts(),
    )
    begin = time.monotonic()
    run.complete()
    seconds = time.monotonic() - begin
    assert run.artefacts() == wanted
    shutil.rmtree(run.folder / RUN)
    left, refused = dict(KILLED), 0
    while whom := next((name for name, n in left.items() if n), None):
        process = run.start(TARGET)
        time.sleep(moments.uniform(0.1, 0.6) * seconds)
        left[whom] -= kill(process, whom, moments)
        if any((run.folder / ".snakemake/locks").glob("*")):
            if not refused:
                status, said = run.end()
                assert status and "snakemake" in said and "--unlock" in said
                assert run.start("--unlock").wait() == 0
            refused += 1
            run.unlock()
        if whom == "everything":  # else jobs may be about to end
            assert run.artefacts().items() <= wanted.items()
        if (run.folder / TARGET).exists():
            shutil.rmtree(run.folder / RUN)  # it had ended: anew
    assert refused
    run.complete()
    assert run.artefacts() == wanted
    assert not [f for f in findings(run.folder / RUN) if f.kind != "unchecked"]
    assert not list((run.folder / RUN).rglob(".*"))


def test_two_at_once_do_not_disturb_each_other(run, undisturbed):
    shutil.rmtree(run.folder / RUN / "evaluate")
    (run.folder / TARGET).unlink()
    first = Run(run.folder, sys.executable).start(TARGET)  # it takes a while
    while not any((run.folder / ".snakemake/locks").glob("*")):
        assert first.poll() is None
        time.sleep(0.05)
    assert run.start(TARGET, said="second.txt").wait() != 0
    assert "--unlock" in (run.folder / "second.txt").read_text()
    assert first.wait() == 0
    assert run.artefacts() == undisturbed.artefacts()


def test_a_clock_that_went_backwards_is_told(run, undisturbed):
    """What a job reads is of tomorrow: Snakemake refuses what it writes, until the files are touched."""
    (run.folder / TARGET).unlink()
    made = list((run.folder / RUN).rglob("*"))
    for path in made:
        os.utime(path, (time.time() + 86400,) * 2)
    status, said = run.end()
    assert status and "clock skew" in said
    for path in made:
        if path.exists():
            path.touch()
    run.complete()
    assert run.artefacts() == undisturbed.artefacts()


def test_without_its_memory_it_makes_the_same(run, undisturbed):
    shutil.rmtree(run.folder / ".snakemake")
    run.complete()
    assert run.artefacts() == undisturbed.artefacts()


def test_a_truncated_file_is_found_by_who_reads_it_and_mended_as_told(run, undisturbed):
    path = run.folder / RUN / "reference/features.h5"
    os.truncate(path, path.stat().st_size // 2)
    shutil.rmtree(run.folder / RUN / "evaluate/perceptron_3x8/sn")
    (run.folder / TARGET).unlink()
    status, said = run.end()
    assert status
    told = re.search(r"error: \S+features.h5 is no HDF5 file.*: snakemake --cores all (.*)", said)
    assert told, said
    run.complete(TARGET, *told[1].split())
    assert run.artefacts() == undisturbed.artefacts()


def test_one_bit_that_changed_is_found_in_every_file(run, undisturbed):
    moments, folder = random.Random(3), run.folder / RUN
    files = [folder / name for name in run.artefacts() if not name.endswith("provenance.json")]
    assert len(files) > 15
    for path in files:
        content = path.read_bytes()
        damaged = bytearray(content)
        damaged[moments.randrange(len(content))] ^= 1 << moments.randrange(8)
        path.write_bytes(damaged)
        assert [f.path for f in findings(folder) if f.kind == "altered"] == [path]
        path.write_bytes(content)
    path = folder / "summary.csv"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    done = subprocess.run(
        [python(), "-m", "showergan.cli", "verify", RUN],
        cwd=run.folder, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    told = re.search(r"snakemake --cores all (--forcerun .*)", done.stdout)
    run.complete(TARGET, *told[1].split())
    assert run.artefacts() == undisturbed.artefacts()
