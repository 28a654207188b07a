"""Download of data sets to a cache, resumed after an interruption."""

import shutil
import time
from datetime import datetime
from pathlib import Path

from showergan.config.tasks.showers import scheme_of
from showergan.errors import UserError
from showergan.io.arrays import opened_arrays
from showergan.io.files import atomic_write, say, sha256_of
from showergan.tasks.showers.remote_cache import Entry, entry_of
from showergan.tasks.showers.remote_source import Failed, Interrupted, opened

MOST = 10**12  # bytes of a data set; one of the published kind has less than 10**9
SPARE = 2**28  # bytes of the disk that a download leaves free
PAUSES = (1, 3, 10)  # seconds before a download that was interrupted is tried again


def fetch_url(url: str, out: Path, sha256: str | None) -> None:
    """Write the content of an http(s), s3 or root URL to a file, from the cache or downloaded into it.

    An interrupted download is resumed as long as the server has the same file. A cached file is fetched again if it is
    neither npz nor HDF5, has another SHA-256, or the server has another version.

    Raises:
        UserError: the URL is of another kind, the download fails or is larger than the disk, a library for this kind of
            URL is not installed, or the file is another one.
    """
    try:
        if scheme_of(url) is None:
            raise ValueError("it is no URL")
    except ValueError as error:
        raise UserError(f"data.path = {url}: cannot be downloaded ({error})") from None
    with atomic_write(out) as temporary, entry_of(url) as entry:
        found = entry.copy_to(temporary)
        if found and not _is_readable(temporary):  # kept by a version that did not check
            say(f"{entry.file}: no npz or HDF5 file: it is fetched again")
        elif found and sha256 not in (None, found):
            why = "its SHA-256 is not data.sha256: it is fetched again"
            say(f"{entry.file}: from {url}, but {why}")
        elif found and (sha256 or _is_the_same(url, entry)):
            say(f"{url}: it is here already, {entry.file}")
            return
        _download(url, entry)
        found = entry.copy_to(temporary)
        if found is None:
            raise UserError(f"{entry.file}: the disk does not give back what was written")
        if sha256 not in (None, found):
            raise UserError(
                f"{url}: SHA-256 is {found}, but data.sha256 is {sha256}: the file is damaged or another one; "
                "correct data.sha256, or call again to get the file again"
            )
        say(f"{url}: {temporary.stat().st_size} bytes, SHA-256 {found}, kept as {entry.file}")


def _is_the_same(url: str, entry: Entry) -> bool:
    """Return whether the server still has the version in the cache; without an answer it is taken to be so."""
    try:
        with opened(url, 0, None) as there:
            pass
    except (Failed, ImportError) as error:
        day = datetime.fromtimestamp(entry.file.stat().st_mtime).date()
        say(f"{url}: cannot be asked whether it has changed ({error}): that of {day} is taken")
        return True
    known = entry.facts and entry.facts.version
    if there.version != known or there.size not in (None, entry.file.stat().st_size):
        say(f"{url}: it has changed since it was downloaded: it is fetched again")
        return False
    if there.version is None:
        say(f"{url}: the server does not tell whether it has changed: give data.sha256")
    return True


def _download(url: str, entry: Entry) -> None:
    """Download the rest of a file, in several tries; raise a `UserError` if none succeeds."""
    for pause in (*PAUSES, None):
        try:
            return _continue(url, entry)
        except ImportError as error:
            scheme = scheme_of(url)
            raise UserError(
                f"data.path = {url}: reading {scheme} URLs needs a library that is not installed ({error}); "
                f"install it with: pip install 'showergan[{scheme}]'"
            ) from None
        except Failed as error:
            kept = entry.kept()
            if isinstance(error, Interrupted) and pause is not None:
                say(f"{url}: {error}; tried again in {pause} s, from byte {kept}")
                time.sleep(pause)
                continue
            here = f"{kept} bytes of it are kept, and a further try goes on there; " if kept else ""
            raise UserError(
                f"data.path = {url}: cannot be downloaded ({error}); {here}check the address, the network and "
                "your rights there, or download it yourself and give the path"
            ) from None


def _continue(url: str, entry: Entry) -> None:
    """Download the rest of a file, or all of it if the server cannot send the rest.

    It must be a file of showers: servers also answer with pages that want a login, or report errors.

    Raises:
        Failed: it is longer than there is room for or than announced, or no file of showers, and is removed; or the
            server refuses it.
        Interrupted: it is shorter than announced, so far.
    """
    n, facts = entry.kept(), entry.facts
    if not (n and facts and n == facts.size):
        with opened(url, n, facts.version if facts else None) as source:
            if not source.start:
                entry.begin(source.version, source.size)
            room = shutil.disk_usage(entry.file.parent).free - SPARE
            most = min(MOST, source.start + room)
            if source.size is not None and source.size > most:
                raise Failed(f"it has {source.size} bytes, and there is room for {most}")
            n = entry.append(source.pieces(), most)
        if n > most:
            entry.drop()
            raise Failed(f"it has more than the {most} bytes that there is room for")
        if source.size not in (None, n):
            if n > source.size:
                entry.drop()
            raise Interrupted(f"it ends after {n} of {source.size} bytes")
    if not _is_readable(entry.part):
        with entry.part.open("rb") as part:
            begin = part.read(40)
        entry.drop()
        raise Failed(f"what came is no npz or HDF5 file, or is cut off: it begins with {begin!r}")
    entry.finish()


def _is_readable(path: Path) -> bool:
    """Return whether a file is npz or HDF5, whatever it holds."""
    try:
        opened_arrays(path).close()
    except UserError:
        return False
    return True


def check_sha256(path: Path, expected: str) -> None:
    """Raise a `UserError` if there is no file, or its SHA-256 is not the configured one."""
    if not path.is_file():
        raise UserError(f"{path}: no such file; see data.path in the configuration")
    found = sha256_of(path)
    if found != expected:
        raise UserError(
            f"{path}: SHA-256 is {found}, but data.sha256 is {expected}: "
            "the file is damaged or another one; get it again or correct data.sha256"
        )
