"""Downloads from real servers of S3 and XRootD on loopback; tests/remote/install.sh installs them."""

import hashlib
import io
import json
import subprocess
import sys
import time
import zipfile

import pytest
import stores

from showergan.errors import UserError
from showergan.tasks.showers import remote, remote_source
from showergan.tasks.showers.remote import fetch_url

pytestmark = pytest.mark.slow
MIB = 2**20


def npz(n):
    """Return a file of the kind that is looked for, of about 6 MiB that nothing packs."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        parts = (hashlib.sha512(b"%d" % i).digest() for i in range(n, n + 6 * MIB // 64))
        archive.writestr("EnergyDeposit.npy", b"".join(parts))
    return file.getvalue()


CONTENT, OTHER = npz(0), npz(1)
RIGHT = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module", params=["s3", "xrootd"])
def running(request):
    with pytest.MonkeyPatch.context() as patch, getattr(stores, request.param)(patch) as store:
        yield store


@pytest.fixture
def store(running, monkeypatch, tmp_path):
    """A store whose gate is open, and clients that have nothing and take little at once."""
    monkeypatch.setenv("SHOWERGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(remote, "PAUSES", ())
    monkeypatch.setattr(remote_source, "BLOCK", MIB)
    monkeypatch.setattr(remote_source, "SILENCE", 2)
    running.put(CONTENT)
    running.gate.left, running.gate.passed, running.gate.visits = stores.FOREVER, 0, 0
    return running


@pytest.fixture
def out(tmp_path):
    (tmp_path / "run").mkdir()
    return tmp_path / "run/showers.npz"


def test_a_file_is_fetched_once(store, out):
    fetch_url(store.url, out, RIGHT)
    assert out.read_bytes() == CONTENT
    visits = store.gate.visits
    assert visits and len(CONTENT) < store.gate.passed < 1.1 * len(CONTENT)
    out.unlink()
    fetch_url(store.url, out, RIGHT)
    assert out.read_bytes() == CONTENT
    assert store.gate.visits == visits
    passed = store.gate.passed
    fetch_url(store.url, out, None)
    assert passed < store.gate.passed < 1.1 * len(CONTENT)  # asked whether it is the same
    time.sleep(1.1)  # XRootD tells times in seconds
    store.put(OTHER)
    fetch_url(store.url, out, None)
    assert out.read_bytes() == OTHER


def test_the_command_ends_well(store, out):
    """XRootD has a say when a process ends."""
    command = [sys.executable, "-m", "showergan.cli", "fetch", "--out", str(out), "--recipe"]
    folder = store.url.replace("showers.npz", "")
    for url, code in ((store.url, 0), (folder, 1)):
        done = subprocess.run(
            [*command, json.dumps({"path": url})], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == code
        assert ("kept as" if code == 0 else "error: data.path") in done.stderr
        assert "Traceback" not in done.stderr
    assert out.read_bytes() == CONTENT


def interrupted(store, out):
    """Cut all connections in the middle of a file; return how many bytes have come."""
    store.gate.left = 4 * MIB
    with pytest.raises(UserError, match="a further try goes on there") as error:
        fetch_url(store.url, out, RIGHT)
    assert store.url in str(error.value)
    assert list(out.parent.iterdir()) == []
    [part] = (out.parents[1] / "cache").glob("*.part")
    kept = part.stat().st_size
    assert f"{kept} bytes of it are kept" in str(error.value)
    assert MIB <= kept < 4 * MIB
    store.gate.left, store.gate.passed = stores.FOREVER, 0
    return kept


def test_an_interrupted_download_goes_on_where_it_was(store, out):
    kept = interrupted(store, out)
    fetch_url(store.url, out, RIGHT)
    assert out.read_bytes() == CONTENT
    assert store.gate.passed < len(CONTENT) - kept + MIB / 2


def test_a_file_that_has_changed_is_begun_anew(store, out):
    interrupted(store, out)
    store.put(OTHER)
    fetch_url(store.url, out, None)
    assert out.read_bytes() == OTHER


@pytest.mark.parametrize(
    ("place", "why"), [("nothing.npz", "nothing.npz|no such file"), ("", "it is no file")]
)
def test_what_is_no_file_is_explained(store, out, place, why):
    url = store.url.replace("showers.npz", place)
    with pytest.raises(UserError, match=rf"data\.path = .*cannot be downloaded .*({why})") as error:
        fetch_url(url, out, None)
    assert "kept" not in str(error.value)
    assert list(out.parent.iterdir()) == []
