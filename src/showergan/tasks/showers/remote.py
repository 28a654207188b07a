"""Data sets behind a URL."""

import shutil
from pathlib import Path

import fsspec

from showergan.errors import UserError
from showergan.files import sha256_of, write_aside


def fetch_url(url: str, out: Path, sha256: str | None) -> None:
    """Download an http(s), s3 or root URL to a file.

    Raises:
        UserError: the download fails, a library for this kind of URL is not installed, or the file is another one.
    """
    scheme = url.partition("://")[0]
    with write_aside(out) as aside:
        try:
            with fsspec.open(url, "rb") as source, aside.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
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
