"""Messages about files that cannot be read: the problem and the remedy; never to delete a file of a user."""

import re
import subprocess
import sys
from errno import EACCES
from pathlib import Path

import h5py
import numpy as np
import pytest

from showergan.errors import UserError
from showergan.io import arrays
from showergan.io.arrays import opened_arrays
from showergan.io.hdf5 import opened_hdf5
from showergan.records.provenance import recorded

SRC = Path(__file__).parents[2] / "src"

HOLD = """
import sys, time, h5py
with h5py.File(sys.argv[1], "a"):
    print("holds", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    with h5py.File(tmp_path / "showers.h5", "w") as file:
        file.create_dataset("energy", data=np.arange(100.0), chunks=(10,), compression="gzip")
    return tmp_path / "showers.h5"


def as_ours(path):
    with opened_hdf5(path) as file:
        return file["energy"][()]


def as_anybodys(path):
    return opened_arrays(path).read("energy")


READERS = pytest.mark.parametrize("read", [as_ours, as_anybodys])


def refused(read, path):
    with pytest.raises(UserError) as error:
        read(path)
    message = str(error.value)
    assert str(path) in message
    assert not re.search(r"\brm\b|[Dd]elete|[Rr]emove", message)
    return message


@READERS
def test_a_file_that_another_program_has_open(path, read):
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"holds\n"
        message = refused(read, path)
        other.kill()
    assert "is open in another program" in message
    assert message.endswith("Close that one and call again.")
    assert "damaged" not in message and "ownload" not in message
    assert read(path)[3] == 3


@READERS
def test_a_file_that_is_packed_in_an_unknown_way(path, read):
    """The number of the filter that packs it is another one: 32015, Zstandard."""
    gzip = b"\x01\x00\x08\x00\x01\x00\x01\x00deflate"
    content = path.read_bytes()
    assert content.count(gzip) == 1
    path.write_bytes(content.replace(gzip, (32015).to_bytes(2, "little") + gzip[2:]))
    message = refused(read, path)
    assert "is packed in a way that is not known here" in message
    assert "pip install hdf5plugin" in message and "HDF5_PLUGIN_PATH" in message


def test_a_zip_file_that_is_packed_in_an_unknown_way(tmp_path):
    path = tmp_path / "showers.npz"
    np.savez(path, energy=np.arange(3.0))
    content = bytearray(path.read_bytes())
    for header, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.find(header) + place] = 93  # Zstandard
    path.write_bytes(content)
    assert "is packed in a way that is not known here" in refused(as_anybodys, path)


@READERS
def test_a_file_that_may_not_be_read(path, read, monkeypatch):
    def denied(*arguments):
        raise PermissionError(EACCES, "Permission denied")

    monkeypatch.setattr(arrays._Hdf5, "opener", denied)
    monkeypatch.setattr(h5py, "File", denied)
    message = refused(read, path)
    assert "cannot be read ([Errno 13] Permission denied)" in message
    assert "ownload" not in message


def test_another_file_is_asked_for_unless_a_job_made_it(path):
    for other in (path, path.with_name("it's mine.h5")):
        with recorded(path.with_name(f"{other.name}.provenance.json"), "x", {}, {}, [], []):
            other.write_bytes(b"something else")
        message = refused(as_ours, other)
        assert message.endswith("Give a file that showergan wrote.")
    with recorded(path.with_name("provenance.json"), "x", {}, {}, [], [other]):
        pass
    message = refused(as_ours, other)
    assert "Give" not in message
    again = "snakemake --cores all --forcerun '" + str(other).replace("'", "'\"'\"'") + "'"
    assert message.endswith(again)


def test_nothing_advises_to_delete_a_file():
    """Only what lies in the folder of checkpoints, which nobody gave."""
    found = [
        f"{path.relative_to(SRC)}: {line.strip()}"
        for path in SRC.rglob("*.py")
        for line in path.read_text().splitlines()
        if re.search(r"\brm (-r )?\{", line)
    ]
    assert found == []
