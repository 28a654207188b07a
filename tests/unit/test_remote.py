"""Downloads from a real server on loopback, which does what servers do."""

import hashlib
import http.server
import re
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

import pytest

from showergan.errors import UserError
from showergan.tasks.showers import remote
from showergan.tasks.showers.remote import check_sha256, fetch_url
from showergan.tasks.showers.remote_cache import Entry, cache_folder
from showergan.tasks.showers.remote_source import CHUNK

CONTENT = bytes(range(256)) * 5000  # more than is read at once
OTHER = CONTENT[::-1]
FIRST = 300_000
RIGHT = hashlib.sha256(CONTENT).hexdigest()


class Server(http.server.BaseHTTPRequestHandler):
    """One file, and what is wrong with the next answers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        house = self.server
        house.asked.append(self.headers["Range"])
        if self.path != "/showers.npz":
            self.send_error(404)
            return
        status, cut = house.faults.pop(0) if house.faults else (None, None)
        if status:
            self.send_error(status)
            return
        start = int(re.findall(r"\d+", self.headers["Range"] or "0")[0]) if house.ranges else 0
        wanted = self.headers["If-Range"]
        strong = [text for text in house.version.values() if not text.startswith("W/")]
        if house.checks and wanted is not None and wanted not in strong:
            start = 0
        if start >= len(house.content):
            self.send_error(416)
            return
        body = house.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        if start:
            end = len(house.content) - 1
            self.send_header("Content-Range", f"bytes {start}-{end}/{len(house.content)}")
        house.given.append(start)
        if not (start and house.checks):  # who knows If-Range may leave it out
            for item in house.version.items():
                self.send_header(*item)
        self.end_headers()
        self.wfile.write(body[:CHUNK] if cut is None else body[: max(cut - start, 0)])
        house.holds.wait(60)
        self.wfile.write(body[CHUNK:] if cut is None else b"")
        self.close_connection = True

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def running():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as served:
        served.holds = threading.Event()
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield served
        served.shutdown()


@pytest.fixture
def server(running):
    """A server of which nobody has asked anything.

    `asked` are ranges, `given` first bytes of answers, `faults` (status, byte at which it hangs up) of those to come.
    """
    running.content, running.version = CONTENT, {"ETag": '"1"'}
    running.ranges, running.checks = True, True
    running.asked, running.given, running.faults = [], [], []
    running.holds.set()
    running.url = f"http://127.0.0.1:{running.server_address[1]}/showers.npz"
    return running


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOWERGAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def out(tmp_path, monkeypatch, cache):
    """A place in a folder that holds nothing else."""
    monkeypatch.setattr(remote, "PAUSES", (0, 0))
    (tmp_path / "run").mkdir()
    return tmp_path / "run/showers.npz"


def cached(cache, suffix=""):
    return [path for path in cache.iterdir() if path.suffix == suffix]


def interrupted(server, out, faults=((None, FIRST), (503, None), (None, 0))):
    """Let a download fail for good; return the message about it."""
    server.faults = list(faults)
    with pytest.raises(UserError, match="cannot be downloaded") as error:
        fetch_url(server.url, out, RIGHT)
    assert list(out.parent.iterdir()) == []
    server.asked.clear()
    server.given.clear()
    return str(error.value)


def test_a_file_is_fetched_once(server, out, cache, capsys):
    fetch_url(server.url, out, RIGHT)
    assert out.read_bytes() == CONTENT
    assert f"{len(CONTENT)} bytes, SHA-256 {RIGHT}, kept as {cache}" in capsys.readouterr().err
    for sha256 in (RIGHT, None):
        out.write_bytes(b"what is done to a run's file is done to that alone")
        fetch_url(server.url, out, sha256)
        assert out.read_bytes() == CONTENT
    assert server.asked == [None]
    assert f"here already, {cache}" in capsys.readouterr().err


def test_a_cut_connection_goes_on_where_it_was(server, out, cache, capsys):
    server.faults = [(None, FIRST), (503, None)]
    fetch_url(server.url, out, RIGHT)
    assert out.read_bytes() == CONTENT
    assert server.asked == [None, *2 * [f"bytes={FIRST}-"]]
    said = capsys.readouterr().err
    assert (
        f"ends after {FIRST} of {len(CONTENT)} bytes; tried again in 0 s, from byte {FIRST}" in said
    )
    assert list(cache.glob("*.part")) == []


def test_a_further_call_goes_on_where_the_last_one_ended(server, out):
    message = interrupted(server, out)
    assert f"data.path = {server.url}: cannot" in message
    assert f"{FIRST} bytes of it are kept, and a further try goes on there" in message
    assert "download it yourself and give the path" in message
    fetch_url(server.url, out, RIGHT)
    assert out.read_bytes() == CONTENT
    assert server.asked == [f"bytes={FIRST}-"]


def test_a_date_stands_for_a_version(server, out):
    server.version = {"ETag": 'W/"1"', "Last-Modified": "Thu, 26 Nov 2026 00:00:00 GMT"}
    interrupted(server, out)
    fetch_url(server.url, out, RIGHT)
    assert server.given == [FIRST]


@pytest.mark.parametrize("checks", [True, False])
@pytest.mark.parametrize("content", [OTHER, OTHER[: FIRST // 2]])
def test_a_file_that_has_changed_is_begun_anew(server, out, checks, content):
    """Whether or not the server knows what If-Range is."""
    interrupted(server, out)
    server.content, server.version, server.checks = content, {"ETag": '"2"'}, checks
    fetch_url(server.url, out, None)
    assert out.read_bytes() == content
    assert server.asked[0] == f"bytes={FIRST}-"


def test_a_server_without_ranges_gives_all_again(server, out):
    server.ranges = False
    interrupted(server, out, 3 * [(None, FIRST)])
    fetch_url(server.url, out, RIGHT)
    assert out.read_bytes() == CONTENT
    assert server.asked == [f"bytes={FIRST}-"]


def test_a_file_without_a_version_is_begun_anew(server, out, cache):
    server.version = {}
    assert "kept" not in interrupted(server, out, 3 * [(None, FIRST)])
    assert list(cache.glob("*.part")) == []
    fetch_url(server.url, out, RIGHT)
    assert out.read_bytes() == CONTENT
    assert server.asked == [None]


def test_what_a_server_says_for_good_is_not_asked_twice(server, out, cache):
    server.url += "x"
    message = interrupted(server, out, faults=[])
    assert "404" in message and "kept" not in message
    server.url = server.url[:-1]
    server.faults = [(403, None), (None, None)]
    with pytest.raises(UserError, match="403"):
        fetch_url(server.url, out, RIGHT)
    assert server.asked == [None]
    assert cached(cache) == []


FETCH = """
import sys
from pathlib import Path
from showergan.tasks.showers.remote import fetch_url
fetch_url(sys.argv[1], Path(sys.argv[2]), None)
"""


def fetching(server, out):
    command = [sys.executable, "-c", FETCH, server.url, str(out)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def test_two_processes_fetch_it_once(server, out):
    server.holds.clear()
    outs = [out.with_name(name) for name in "ab"]
    with fetching(server, outs[0]) as first:
        while not server.asked:
            time.sleep(0.02)
            assert first.poll() is None
        with fetching(server, outs[1]) as second:
            assert "another process fetches it; waiting" in second.stderr.readline()
            server.holds.set()
            assert "here already" in second.communicate(timeout=60)[1]
        first.communicate(timeout=60)
    assert [path.read_bytes() for path in outs] == [CONTENT, CONTENT]
    assert server.asked == [None]


def test_a_killed_process_leaves_what_has_come(server, out, cache):
    server.holds.clear()
    with fetching(server, out) as process:
        part = Entry(server.url, cache).part
        while not part.exists() or part.stat().st_size < CHUNK:
            time.sleep(0.02)
            assert process.poll() is None
        process.kill()
    server.holds.set()
    fetch_url(server.url, out, RIGHT)
    assert out.read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={CHUNK}-"]


def test_what_has_come_whole_is_not_asked_for(server, out, cache):
    interrupted(server, out)
    [part] = cache.glob("*.part")
    with part.open("ab") as stream:
        stream.write(CONTENT[FIRST:])
    fetch_url(server.url, out, RIGHT)
    assert server.asked == []


def test_a_damaged_file_is_fetched_again(server, out, cache, capsys):
    fetch_url(server.url, out, None)
    [file] = cached(cache)
    for damaged in (CONTENT[:-1], b"\1" + CONTENT[1:]):
        file.write_bytes(damaged)
        fetch_url(server.url, out, None)
        assert out.read_bytes() == CONTENT
        assert f"{file}: changed since it was downloaded" in capsys.readouterr().err
    assert len(server.asked) == 3


@pytest.mark.parametrize("facts", ["", "{}", '{"url": 1}', None])
def test_a_file_of_which_nothing_is_known_is_fetched_again(server, out, cache, facts):
    fetch_url(server.url, out, None)
    [known] = cached(cache, ".json")
    known.write_text(facts) if facts is not None else known.unlink()
    fetch_url(server.url, out, None)
    assert len(server.asked) == 2


def test_another_file_is_refused(server, out, capsys):
    with pytest.raises(UserError, match=r"SHA-256 is .* but data\.sha256 is 0000"):
        fetch_url(server.url, out, "0" * 64)
    assert list(out.parent.iterdir()) == []
    fetch_url(server.url, out, RIGHT)  # it was the checksum that was wrong
    assert server.asked == [None]
    server.content, right = OTHER, hashlib.sha256(OTHER).hexdigest()
    fetch_url(server.url, out, right)
    assert out.read_bytes() == OTHER
    assert "is not data.sha256: it is fetched again" in capsys.readouterr().err


def test_a_cache_that_cannot_be_written_is_explained(server, out, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SHOWERGAN_CACHE", str(tmp_path / "file/cache"))
    with pytest.raises(UserError, match=r"file/cache: .*Not a directory.*set SHOWERGAN_CACHE"):
        fetch_url(server.url, out, None)
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("set_to", "expected"),
    [
        ({"SHOWERGAN_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/a"),
        ({"XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/b/showergan"),
        ({"SHOWERGAN_CACHE": "", "XDG_CACHE_HOME": "", "HOME": "/c"}, "/c/.cache/showergan"),
    ],
)
def test_where_the_cache_is(monkeypatch, set_to, expected):
    for name in ("SHOWERGAN_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for item in set_to.items():
        monkeypatch.setenv(*item)
    assert str(cache_folder()) == expected


def test_a_url_of_another_kind_is_refused(out):
    for url in ("unknown://x/y.npz", "showers.npz"):
        with pytest.raises(UserError, match=r"data\.path = .*cannot be downloaded"):
            fetch_url(url, out, None)
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "extra", "library"),
    [("s3://bucket/x.npz", "s3", "s3fs"), ("root://host//x.npz", "root", "fsspec_xrootd")],
)
def test_missing_library_names_the_extra(out, monkeypatch, url, extra, library):
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, extra, raising=False)
    with pytest.raises(UserError, match=rf"pip install 'showergan\[{extra}\]'"):
        fetch_url(url, out, None)
    pyproject = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert extra in pyproject["project"]["optional-dependencies"]


def test_checksum_of_a_local_file(tmp_path):
    path = tmp_path / "a.npz"
    with pytest.raises(UserError, match="no such file"):
        check_sha256(path, "0" * 64)
    path.write_bytes(b"abc")
    check_sha256(path, hashlib.sha256(b"abc").hexdigest())
    with pytest.raises(UserError, match="SHA-256"):
        check_sha256(path, "0" * 64)
