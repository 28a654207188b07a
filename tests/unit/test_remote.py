"""Downloads from a real server on loopback, which does what servers do."""

import hashlib
import http.server
import io
import re
import subprocess
import sys
import threading
import time
import tomllib
import zipfile
from pathlib import Path

import pytest

from showergan.cli.step import run as run_step
from showergan.config.recipes.found import RECIPES
from showergan.config.whole import parse_config
from showergan.errors import UserError
from showergan.io.urls import without_secrets
from showergan.tasks.showers import remote
from showergan.tasks.showers.remote import check_sha256, fetch_url
from showergan.tasks.showers.remote_cache import Entry, cache_folder
from showergan.tasks.showers.remote_source import CHUNK

METHODS = {"sn": {"label": "SN", "learning_rates": {"generator": 1.0, "discriminator": 1.0}}}


def npz(content):
    """Return a file of the kind that is looked for, stored as it is."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("EnergyDeposit.npy", content)
    return file.getvalue()


CONTENT = npz(bytes(range(256)) * 5000)  # more than is read at once
OTHER = npz(bytes(range(255, -1, -1)) * 5000)
FIRST = 300_000
RIGHT = hashlib.sha256(CONTENT).hexdigest()


class Server(http.server.BaseHTTPRequestHandler):
    """One file, and what is wrong with the next answers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        house = self.server
        house.asked.append(self.headers["Range"])
        house.paths.append(self.path)
        if self.path.partition("?")[0] != "/showers.npz":
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
        if start and start >= len(house.content):
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
    running.paths = []
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
    assert len(server.asked) == 2  # whether it has changed; data.sha256 tells that by itself
    assert f"here already, {cache}" in capsys.readouterr().err


def test_a_file_that_has_changed_on_the_server_is_fetched_again(server, out, capsys):
    fetch_url(server.url, out, None)
    for content, version in (
        (OTHER, {"ETag": '"2"'}),
        (CONTENT, {"Last-Modified": "Thu, 26 Nov 2026 00:00:00 GMT"}),
        (npz(b"shorter"), {}),
    ):
        server.content, server.version = content, version
        fetch_url(server.url, out, None)
        assert out.read_bytes() == content
        assert "it has changed since it was downloaded" in capsys.readouterr().err
    fetch_url(server.url, out, None)
    assert out.read_bytes() == content
    assert "does not tell whether it has changed: give data.sha256" in capsys.readouterr().err


@pytest.mark.parametrize("status", [404, 503])
def test_a_file_is_taken_where_the_server_cannot_be_asked(server, out, capsys, status):
    fetch_url(server.url, out, None)
    server.faults = [(status, None)]
    fetch_url(server.url, out, None)
    assert out.read_bytes() == CONTENT
    said = capsys.readouterr().err
    assert f"cannot be asked whether it has changed (HTTPError: HTTP Error {status}" in said
    assert re.search(r"that of \d{4}-\d\d-\d\d is taken", said)


PAGE = b"<!DOCTYPE html><title>Log in</title>"


@pytest.mark.parametrize("content", [PAGE, b"", CONTENT[:-1]])
def test_what_is_no_file_of_showers_is_not_kept(server, out, cache, content):
    """Servers answer with status 200 and a page."""
    server.content, told = content, re.escape(repr(content[:40]))
    with pytest.raises(UserError, match=f"no npz or HDF5 file, .* it begins with {told}"):
        fetch_url(server.url, out, None)
    assert cached(cache) == list(cache.glob("*.part")) == []
    server.content = CONTENT
    fetch_url(server.url, out, None)
    assert out.read_bytes() == CONTENT


def test_a_page_that_was_kept_once_is_fetched_again(server, out, cache, tmp_path):
    fetch_url(server.url, out, None)
    [file], [known] = cached(cache), cached(cache, ".json")
    file.write_bytes(PAGE)
    known.write_text(known.read_text().replace(RIGHT, hashlib.sha256(PAGE).hexdigest()))
    server.content = PAGE  # still, and as long as the one that was kept
    with pytest.raises(UserError, match="what came is no npz or HDF5 file"):
        fetch_url(server.url, tmp_path / "page.npz", None)
    assert not (tmp_path / "page.npz").exists()
    server.content = CONTENT
    fetch_url(server.url, out, None)
    assert out.read_bytes() == CONTENT


@pytest.mark.parametrize("whole", [False, True])
def test_a_part_that_was_altered_is_fetched_again(server, out, cache, whole):
    """Also where it is as long as the whole file, and where its list of checksums is altered."""
    interrupted(server, out)
    [part] = cache.glob("*.part")
    content = bytearray(CONTENT if whole else CONTENT[:FIRST])
    content[100] ^= 1
    part.write_bytes(content)
    fetch_url(server.url, out, None)
    assert out.read_bytes() == CONTENT


@pytest.mark.parametrize("sums", ["", "x", "-1 x\n", "9999999999999 x\n"])
def test_a_part_of_which_nothing_is_known_is_fetched_again(server, out, cache, sums):
    interrupted(server, out)
    [known] = cache.glob("*.sums")
    known.write_text(sums)
    fetch_url(server.url, out, None)
    assert out.read_bytes() == CONTENT


SIGNED = "?id=7&X-Amz-Signature=5ecre7&token=5ecre7&api_key=5ecre7"


def test_what_is_secret_of_a_url_is_neither_said_nor_kept(server, out, cache, capsys):
    """A URL that is signed anew is that of the same file."""
    fetch_url(server.url + SIGNED, out, None)
    fetch_url(server.url + SIGNED.replace("5ecre7", "anew"), out, RIGHT)
    assert server.asked == [None]
    server.faults = [(404, None)]
    with pytest.raises(UserError, match="404") as error:
        fetch_url(server.url.replace("showers", "other") + SIGNED, out, None)
    told = "?id=7&X-Amz-Signature=***&token=***&api_key=***"
    said = capsys.readouterr().err
    assert told in said and told in str(error.value)
    kept = "".join(path.read_text() for path in cached(cache, ".json"))
    assert told in kept
    assert "5ecre7" not in said + str(error.value) + kept


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("root://user:pw@host//x.npz", "root://***@host//x.npz"),
        ("http://u:p@s?s@host/x", "http://***@host/x"),
        ("https://host/x.npz?download=1&author=me", "https://host/x.npz?download=1&author=me"),
        (
            "http://host/x?Expires=1&Signature=a%2Fb#key=d",
            "http://host/x?Expires=***&Signature=***#key=***",
        ),
        ("http://host/x?sig=a&X%2DGoog%2DDate=b", "http://host/x?sig=***&X%2DGoog%2DDate=***"),
        ("'http://host/x?sig=a' and ~/x?sig=a", "'http://host/x?sig=***' and ~/x?sig=a"),
    ],
)
def test_what_is_shown_of_a_url(url, shown):
    assert without_secrets(url) == shown


def test_recipes_hold_nothing_secret_and_the_environment_does(server, out, monkeypatch, tmp_path):
    whole = server.url + SIGNED
    config = parse_config({"data": {"source": "npz", "path": whole}, "methods": METHODS})
    recipes = {name: RECIPES[name].of(config).canonical() for name in ("fetch", "preprocess")}
    assert "5ecre7" not in str(recipes) and "id=7" in recipes["fetch"]
    assert config.data.published_name == "showers.npz"
    step = RECIPES["fetch"].read(recipes["fetch"])
    for given in (None, "http://elsewhere/x"):
        monkeypatch.setenv("SHOWERGAN_URL", given) if given else None
        with pytest.raises(UserError, match="set SHOWERGAN_URL to the whole URL"):
            run_step(step, out=out)
    monkeypatch.setenv("SHOWERGAN_URL", whole)
    run_step(step, out=out)
    assert out.read_bytes() == CONTENT
    assert server.paths == [f"/showers.npz{SIGNED}"]


def test_a_url_with_a_password_stops_before_any_job():
    raw = {"data": {"source": "npz", "path": "https://me:5ecre7@host/x.npz"}, "methods": METHODS}
    with pytest.raises(UserError, match="name and a password; download it yourself") as error:
        parse_config(raw)
    assert "5ecre7" not in str(error.value)


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
@pytest.mark.parametrize("content", [OTHER, npz(b"shorter")])
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
    assert len(server.asked) == 2  # the second one asks whether it has changed


def test_a_killed_process_leaves_what_has_come(server, out, cache):
    server.holds.clear()
    with fetching(server, out) as process:
        part = Entry(server.url, cache).part
        known = part.with_suffix(".sums")  # is written after each piece
        while not known.exists() or not known.stat().st_size:
            time.sleep(0.02)
            assert process.poll() is None
        process.kill()
    server.holds.set()
    fetch_url(server.url, out, RIGHT)
    assert out.read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={CHUNK}-"]


def test_what_has_come_whole_is_not_asked_for(server, out, cache):
    interrupted(server, out)
    Entry(server.url, cache).append([CONTENT[FIRST:]], len(CONTENT))
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
