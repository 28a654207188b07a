"""Downloads from a real server on loopback."""

import hashlib
import http.server
import threading
from functools import partial

import pytest

from showergan.errors import UserError
from showergan.tasks.showers.remote import check_sha256, fetch_url

CONTENT = bytes(range(256)) * 5000


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    (folder / "showers.npz").write_bytes(CONTENT)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(folder))
    ) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_address[1]}"
        served.shutdown()


def test_download_with_checksum(server, tmp_path):
    out = tmp_path / "showers.npz"
    fetch_url(f"{server}/showers.npz", out, hashlib.sha256(CONTENT).hexdigest())
    assert out.read_bytes() == CONTENT


def test_another_file_is_refused(server, tmp_path):
    with pytest.raises(UserError, match=r"SHA-256 is .* but data\.sha256 is 0000"):
        fetch_url(f"{server}/showers.npz", tmp_path / "showers.npz", "0" * 64)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["/nothing.npz", "unknown://x/y.npz"])
def test_failed_download_is_explained(server, tmp_path, url):
    url = server + url if url.startswith("/") else url
    with pytest.raises(UserError, match=r"data\.path = .*cannot be downloaded"):
        fetch_url(url, tmp_path / "showers.npz", None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "extra"), [("s3://bucket/x.npz", "s3"), ("root://host//x.npz", "root")]
)
def test_missing_library_names_the_extra(tmp_path, url, extra):
    with pytest.raises(UserError, match=rf"pip install 'showergan\[{extra}\]'"):
        fetch_url(url, tmp_path / "showers.npz", None)


def test_checksum_of_a_local_file(tmp_path):
    path = tmp_path / "a.npz"
    with pytest.raises(UserError, match="no such file"):
        check_sha256(path, "0" * 64)
    path.write_bytes(b"abc")
    check_sha256(path, hashlib.sha256(b"abc").hexdigest())
    with pytest.raises(UserError, match="SHA-256"):
        check_sha256(path, "0" * 64)
