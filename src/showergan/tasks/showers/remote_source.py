"""What a server gives of a file, from some byte on."""

import atexit
import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from fsspec.core import url_to_fs

import showergan

SILENCE = 60  # seconds without a byte
CHUNK = 1 << 20
BLOCK = 1 << 24  # bytes that S3 and XRootD are asked for at once
BUSY = {408, 425, 429, 500, 502, 503, 504}  # answers of HTTP that are others at another time


class Failed(Exception):
    """A download that does not come to its end."""


class Interrupted(Failed):
    """One that may when it is tried again."""


class Source:
    """The rest of a file on a server.

    Attributes:
        start: where it begins; 0 where the server has another file than that asked for, or cannot begin elsewhere.
        size: bytes of the whole file, where the server tells it.
        version: another one when the file is another, where the server tells it.
    """

    def __init__(self, stream: Any, start: int, size: int | None, version: str | None):
        self._stream, self.start, self.size, self.version = stream, start, size, version

    def read(self) -> bytes:
        """Return what comes next; nothing at the end.

        Raises:
            Interrupted: the connection is cut, or the file has changed.
        """
        try:
            return self._stream.read(CHUNK)
        except Exception as error:  # each library has errors of its own
            raise Interrupted(_said(error)) from error

    def close(self) -> None:
        """Close the connection."""
        try:
            self._stream.close()
        except Exception:  # XRootD's, where it was cut; and it would say so again
            self._stream.closed = True


@contextmanager
def opened(url: str, start: int, version: str | None) -> Iterator[Source]:
    """Ask for a file of a version from a byte on.

    Raises:
        Failed: the server does not give it; Interrupted: now.
        ImportError: this takes a library that is not installed.
    """
    try:
        source = (_over_http if url.startswith("http") else _by_fsspec)(url, start, version)
    except ImportError:
        raise
    except Exception as error:
        raise (Interrupted if _passes(error) else Failed)(_said(error)) from error
    try:
        yield source
    finally:
        source.close()


def _passes(error: Exception) -> bool:
    """Tell whether what a server answers may be another thing at another time."""
    if isinstance(error, HTTPError):
        return error.code in BUSY
    never = isinstance(error, FileNotFoundError | PermissionError)
    return isinstance(error, OSError | HTTPException) and not never


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
    if answer.status == 200:
        size = answer.headers["Content-Length"]
        return Source(answer, 0, None if size is None else int(size), _version(answer.headers))
    # A server that does not know If-Range sends the rest of another file.
    if answer.status == 206 and start and _version(answer.headers) in (version, None):
        part = re.fullmatch(rf"bytes {start}-\d+/(\d+)", answer.headers["Content-Range"] or "")
        if part:
            return Source(answer, start, int(part[1]), version)
    answer.close()
    if answer.status == 206 and start:
        return _over_http(url, 0, None)
    raise ValueError(f"the server answers with status {answer.status} and not with the whole file")


def _version(headers: Message) -> str | None:
    """Return what stands for the file's bytes; a weak ETag does not."""
    tag = headers["ETag"]
    return tag if tag and not tag.startswith("W/") else headers["Last-Modified"]


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
    # S3 has such a limit of its own; XRootD would wait for half an hour, and to locate all sources knows no limit.
    limits = {"timeout": SILENCE, "locate_all_sources": False} if url.startswith("root:") else {}
    system, path = url_to_fs(url, skip_instance_cache=True, **limits)
    if limits:
        # At its end XRootD looks at every object for files to close: what is loaded late would be loaded then, and
        # crash. It does not see what is frozen; ours are closed.
        atexit.register(gc.freeze)
    about = system.info(path)
    if about["type"] != "file":
        raise ValueError("it is no file")
    found = about.get("ETag") or f"{about['size']} bytes of {about['mtime']}"
    start = start if found == version else 0
    stream = system.open(path, "rb", block_size=BLOCK)
    stream.seek(start)
    return Source(stream, start, about["size"], found)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
