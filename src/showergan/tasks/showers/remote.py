"""Data sets behind a URL."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

import fsspec

import showergan
from showergan.errors import UserError
from showergan.files import sha256_of, write_aside
from showergan.tasks.showers.data import scheme_of

MOST = 10**12  # bytes of a data set; one of the published kind has less than 10**9
SPARE = 2**28  # bytes of the disk that a download leaves free
SILENCE = 60  # seconds without a byte
CHUNK = 1 << 20


def fetch_url(url: str, out: Path, sha256: str | None) -> None:
    """Download an http(s), s3 or root URL to a file.

    Raises:
        UserError: the URL is of another kind, the download fails or is larger than the disk, a library for this kind of
            URL is not installed, or the file is another one.
    """
    with write_aside(out) as aside:
        try:
            if (scheme := scheme_of(url)) is None:
                raise ValueError("it is no URL")
            with _opened(url) as (source, size), aside.open("wb") as target:
                _copy(source, target, size, shutil.disk_usage(out.parent).free - SPARE)
        except ImportError as error:
            raise UserError(
                f"data.path = {url}: reading {scheme} URLs needs a library that is not installed "
                f"({error}); install it with: pip install 'showergan[{scheme}]'"
            ) from None
        except Exception as error:
            raise UserError(
                f"data.path = {url}: cannot be downloaded ({type(error).__name__}: {error}); "
                "check the address and the network, or download it yourself and give the path"
            ) from None
        if sha256:
            check_sha256(aside, sha256, url)


class _Redirects(HTTPRedirectHandler):
    """Redirections to http and https alone, and never from https down to http."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        scheme = newurl.partition(":")[0].lower()
        if scheme not in ("http", "https") or (scheme, req.type) == ("http", "https"):
            raise ValueError(f"it redirects to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@contextmanager
def _opened(url: str) -> Iterator[tuple[IO[bytes], int | None]]:
    """Open a URL; yield its content, and how long it says that this is."""
    if url.startswith("http"):
        request = Request(url, headers={"User-Agent": f"showergan/{showergan.__version__}"})
        with build_opener(_Redirects).open(request, timeout=SILENCE) as answer:
            size = answer.headers["Content-Length"]
            yield answer, None if size is None else int(size)
    else:
        with fsspec.open(url, "rb") as source:
            yield source, None


def _copy(source: IO[bytes], target: IO[bytes], size: int | None, free: int) -> None:
    """Copy a stream.

    Raises:
        ValueError: it is longer than there is room for, or another length than it says.
    """
    most, n = min(MOST, free), 0
    if size is not None and size > most:
        raise ValueError(f"it has {size} bytes, and there is room for {most}")
    while chunk := source.read(CHUNK):
        n += len(chunk)
        if n > most:
            raise ValueError(f"it has more than the {most} bytes that there is room for")
        target.write(chunk)
    if size not in (None, n):
        raise ValueError(f"it ends after {n} of {size} bytes")


def check_sha256(path: Path, expected: str, name: str | None = None) -> None:
    """Compare a file's SHA-256 with the configured one.

    Raises:
        UserError: they differ, or there is no file.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; see data.path in the configuration")
    found = sha256_of(path)
    if found != expected:
        raise UserError(
            f"{name or path}: SHA-256 is {found}, but data.sha256 is {expected}: "
            "the file is damaged or another one; get it again or correct data.sha256"
        )
