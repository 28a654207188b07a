"""Files on HTTP, S3 and XRootD servers, read from any byte on."""

import atexit
import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import IO, Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from fsspec.core import url_to_fs

import showergan

SILENCE = 60  # seconds without a byte
CHUNK = 1 << 20
BLOCK = 1 << 24  # bytes of one request to S3 and XRootD
BUSY = {408, 425, 429, 500, 502, 503, 504}  # statuses of HTTP that may pass


class Failed(Exception):
    """A download that cannot be completed."""


class Interrupted(Failed):
    """A download that may be completed when it is tried again."""


class Source(NamedTuple):
    """The rest of a file on a server."""

    stream: Any
    start: int  # byte at which it begins; 0 if the server has another version, or cannot begin elsewhere
    size: int | None  # bytes of the whole file, if the server says so
    version: str | None  # changes when the file does, if the server says so

    def pieces(self) -> Iterator[bytes]:
        """Yield the content.

        Raises:
            Interrupted: the connection is cut, or the file has changed.
        """
        try:
            while piece := self.stream.read(CHUNK):
                yield piece
        except Exception as error:  # each library has errors of its own
            raise Interrupted(_described(error)) from error


@contextmanager
def opened(url: str, start: int, version: str | None) -> Iterator[Source]:
    """Open a file of a version on its server, from the byte `start` on.

    Raises:
        Failed: the server refuses it.
        Interrupted: it may be available later.
        ImportError: a library for this kind of URL is not installed.
    """
    try:
        source = (_over_http if url.startswith("http") else _by_fsspec)(url, start, version)
    except ImportError:
        raise
    except Exception as error:
        raise (Interrupted if _may_pass(error) else Failed)(_described(error)) from error
    try:
        yield source
    finally:
        try:
            source.stream.close()
        except Exception:  # of XRootD after a cut; without this it would come again
            source.stream.closed = True


def _may_pass(error: Exception) -> bool:
    if isinstance(error, HTTPError):
        return error.code in BUSY
    permanent = isinstance(error, FileNotFoundError | PermissionError)
    return isinstance(error, OSError | HTTPException) and not permanent


def _over_http(url: str, start: int, version: str | None) -> Source:
    headers = {"User-Agent": f"showergan/{showergan.__version__}"}
    if start and version:
        headers |= {"Range": f"bytes={start}-", "If-Range": version}
    try:
        answer = build_opener(_Redirects).open(Request(url, headers=headers), timeout=SILENCE)
    except HTTPError as error:
        if start and error.code == 416:  # the file is shorter now
            return _over_http(url, 0, None)
        raise
    found = answer.headers["ETag"]
    if not found or found.startswith("W/"):  # a weak one does not stand for every byte
        found = answer.headers["Last-Modified"]
    if answer.status == 200:
        size = answer.headers["Content-Length"]
        return Source(answer, 0, None if size is None else int(size), found)
    part = re.fullmatch(rf"bytes {start}-\d+/(\d+)", answer.headers["Content-Range"] or "")
    # A server that does not know If-Range sends the rest of another version.
    if answer.status == 206 and start and part and found in (version, None):
        return Source(answer, start, int(part[1]), version)
    answer.close()
    if start:
        return _over_http(url, 0, None)
    raise ValueError(f"the server answers with status {answer.status} and not with the whole file")


class _Redirects(HTTPRedirectHandler):
    """Redirections to http and https alone, and never from https down to http."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        scheme = newurl.partition(":")[0].lower()
        if scheme not in ("http", "https") or (scheme, req.type) == ("http", "https"):
            raise ValueError(f"it redirects to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _by_fsspec(url: str, start: int, version: str | None) -> Source:
    # S3 has a timeout by default; XRootD would wait for half an hour, and has no timeout for locating all sources.
    limits = {"timeout": SILENCE, "locate_all_sources": False} if url.startswith("root:") else {}
    system, path = url_to_fs(url, skip_instance_cache=True, **limits)
    if limits:
        # When the process ends, XRootD searches all objects for open files. That loads lazy modules, and crashes;
        # frozen objects are not searched. Our files are closed by then.
        atexit.register(gc.freeze)
    about = system.info(path)
    if about["type"] != "file":
        raise ValueError("it is no file")
    found = about.get("ETag") or f"{about['size']} bytes of {about['mtime']}"
    start = start if found == version else 0
    stream = system.open(path, "rb", block_size=BLOCK)
    stream.seek(start)
    return Source(stream, start, about["size"], found)


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
