"""Data sets behind a URL: from http(s), root and s3 alone, whole or not at all, whatever the server does."""

import hashlib
import http.server
import io
import shutil
import threading
import zipfile
from types import SimpleNamespace

import pytest
from attack import attack, examples
from hypothesis import given
from hypothesis import strategies as st

from showergan.config.tasks.showers import SCHEMES, scheme_of
from showergan.config.whole import parse_config
from showergan.errors import UserError
from showergan.io.urls import without_secrets
from showergan.tasks.showers import remote, remote_source
from showergan.tasks.showers.remote_cache import cache_folder

_FILE = io.BytesIO()
with zipfile.ZipFile(_FILE, "w") as _archive:
    _archive.writestr("EnergyDeposit.npy", bytes(range(256)) * 8)
CONTENT = _FILE.getvalue()  # of the kind that is looked for
METHODS = {"sn": {"label": "SN", "learning_rates": {"generator": 1.0, "discriminator": 1.0}}}


class Server(http.server.BaseHTTPRequestHandler):
    """Answers as the last test wants it; a hostile one."""

    answer = SimpleNamespace(status=200, headers={}, parts=[CONTENT])

    def do_GET(self):
        if self.path.startswith("/whole"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(CONTENT)
            return
        self.send_response(self.answer.status)
        for name, value in self.answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for part in self.answer.parts:
                self.wfile.write(part)
        except OSError:
            pass  # the other end has had enough

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_address[1]}"
        served.shutdown()


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remote, "PAUSES", (0,))
        yield tmp_path_factory.mktemp("urls") / "new/source.npz"


def fetched(url, out, status=200, headers=None, parts=(CONTENT,), sha256=None):
    """Return what a server's answer leaves, or the message about it."""
    Server.answer = SimpleNamespace(status=status, headers=headers or {}, parts=parts)

    class Url(str):
        name = without_secrets(url)  # what a message must name

    shutil.rmtree(cache_folder())
    cache_folder().mkdir()
    answer = attack(lambda url, out: remote.fetch_url(url, out, sha256), Url(url), out)
    return answer or out.read_bytes()


def test_whole_answers_are_kept(server, out):
    for headers in ({}, {"Content-Length": str(len(CONTENT))}):
        assert fetched(f"{server}/x", out, headers=headers) == CONTENT
    right = hashlib.sha256(CONTENT).hexdigest()
    assert fetched(f"{server}/x", out, sha256=right) == CONTENT
    assert "SHA-256" in fetched(f"{server}/x", out, sha256="0" * 64)
    headers = {"Location": f"{server}/whole"}
    assert fetched(f"{server}/x", out, 302, headers) == CONTENT


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "place",
    [
        *("file:///etc/passwd", "FILE:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"),
        *(
            "gopher://x/",
            "javascript:1",
            "//127.0.0.1:1/x",
            "http://[",
            "",
            "/x",
            "\\\\x",
            "s3://b/x",
        ),
    ],
)
def test_redirections_lead_to_http_alone(server, out, status, place):
    """Nor in circles."""
    assert isinstance(fetched(f"{server}/x", out, status, {"Location": place}), str)


@pytest.mark.parametrize(
    ("before", "after", "goes"),
    [
        ("https", "http", False),
        ("https", "https", True),
        ("http", "https", True),
        ("http", "http", True),
    ],
)
def test_a_redirection_keeps_to_encryption(before, after, goes):
    request = remote_source.Request(f"{before}://127.0.0.1/x")

    def redirected():
        return remote_source._Redirects().redirect_request(
            request, None, 302, "", {}, f"{after}://127.0.0.1/y"
        )

    if goes:
        assert redirected().full_url.startswith(after)
    else:
        with pytest.raises(ValueError, match="redirects"):
            redirected()


def test_a_body_without_end_is_cut(server, out, monkeypatch):
    """Whether or not there is a disk for it."""
    monkeypatch.setattr(remote, "MOST", 10**7)
    endless = (bytes(10**6) for _ in range(10**9))
    assert "room for" in fetched(f"{server}/x", out, parts=endless)
    assert list(cache_folder().glob("*.part")) == []
    monkeypatch.setattr(remote, "MOST", 10**12)
    monkeypatch.setattr(remote, "SPARE", remote.shutil.disk_usage(out.parent.parent).free - 10**6)
    assert "room for" in fetched(f"{server}/x", out, parts=[bytes(10**7)])
    assert list(cache_folder().glob("*.part")) == []


def test_an_announcement_of_too_much_is_enough(server, out):
    assert "room for" in fetched(f"{server}/x", out, headers={"Content-Length": str(10**15)})


@examples(100)
@given(
    length=st.one_of(st.integers(-1, 2 * len(CONTENT)), st.text("0123456789-+x. ", max_size=6)),
    n=st.integers(0, len(CONTENT)),
    status=st.sampled_from([200, 206, 204, 404, 500]),
)
def test_lengths(server, out, length, n, status):
    """What is kept is as long as the server said."""
    headers = {"Content-Length": str(length)}
    found = fetched(f"{server}/x", out, status, headers, [CONTENT[:n]])
    if not isinstance(found, str):
        assert found == CONTENT[: len(found)] and len(found) == int(length)


@examples(60)
@given(parts=st.lists(st.binary(max_size=40), max_size=4), chunked=st.booleans())
def test_any_body(server, out, parts, chunked):
    headers = {"Transfer-Encoding": "chunked"} if chunked else {}
    fetched(f"{server}/x", out, 200, headers, parts)


FOREIGN = [
    *("file:///etc/passwd", "ftp://h/x", "zip://x", "filecache::file:///etc/passwd", "memory://x"),
    *("simplecache::http://h/x", "http://h/x::file:///etc/passwd", "http::file:///etc/passwd"),
    *("local:///etc/passwd", "hdfs://x", "github://o:r@/x", "blockcache::s3://b/x", "HTTP://h/x"),
    *(
        "reference://",
        "s3://b/x::zip://y",
        "://x",
        "root",
        "dask::x",
        "http://h/a b",
        "http://h/\nx",
    ),
]


@examples(150)
@given(
    url=st.one_of(
        st.sampled_from(FOREIGN),
        st.text(max_size=12),
        st.from_regex(r"[a-z0-9+]{1,9}(::|://)[a-z0-9:/.]{0,9}", fullmatch=True),
    )
)
def test_only_urls_of_known_kinds_are_asked(url):
    """All others are paths, or stop before any job; none of them leads fsspec to a file."""
    raw = {"data": {"source": "npz", "path": url}, "methods": METHODS}
    try:
        known = scheme_of(url)
    except ValueError:
        with pytest.raises(UserError, match=r"data\.path"):
            parse_config(raw)
        return
    assert known in (None, *SCHEMES)
    if known:
        assert url.startswith(f"{known}://") and "::" not in url
    else:
        assert "://" not in url and "::" not in url


@pytest.mark.parametrize("url", [*FOREIGN, __file__, ""])
def test_urls_of_other_kinds_are_not_fetched(out, url):
    assert isinstance(fetched(url, out), str)
