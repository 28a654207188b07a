"""Data sets behind a URL."""

import shutil
import time
from pathlib import Path

from showergan.errors import UserError
from showergan.files import say, sha256_of, write_aside
from showergan.tasks.showers.data import scheme_of
from showergan.tasks.showers.remote_cache import Entry, entry_of
from showergan.tasks.showers.remote_source import Failed, Interrupted, opened

MOST = 10**12  # bytes of a data set; one of the published kind has less than 10**9
SPARE = 2**28  # bytes of the disk that a download leaves free
PAUSES = (1, 3, 10)  # seconds before a download that was interrupted is tried again


def fetch_url(url: str, out: Path, sha256: str | None) -> None:
    """Give a file the content of an http(s), s3 or root URL: from the cache, or downloaded into it.

    A download that was interrupted goes on where it was, as long as the server has the same file. A file in the cache
    whose SHA-256 is another is fetched again.

    Raises:
        UserError: the URL is of another kind, the download fails or is larger than the disk, a library for this kind of
            URL is not installed, or the file is another one.
    """
    try:
        if scheme_of(url) is None:
            raise ValueError("it is no URL")
    except ValueError as error:
        raise UserError(f"data.path = {url}: cannot be downloaded ({error})") from None
    with write_aside(out) as aside, entry_of(url) as entry:
        found = entry.copy_to(aside)
        if found and sha256 in (None, found):
            say(f"{url}: it is here already, {entry.file}")
            return
        if found:
            say(
                f"{entry.file}: from {url}, but its SHA-256 is not data.sha256: it is fetched again"
            )
        _download(url, entry)
        found = entry.copy_to(aside)
        if found is None:
            raise UserError(f"{entry.file}: the disk does not give back what was written")
        if sha256 not in (None, found):
            raise UserError(
                f"{url}: SHA-256 is {found}, but data.sha256 is {sha256}: the file is damaged or another one; "
                "correct data.sha256, or call again to get the file again"
            )
        say(f"{url}: {aside.stat().st_size} bytes, SHA-256 {found}, kept as {entry.file}")


def _download(url: str, entry: Entry) -> None:
    """Bring the rest of a file, in several tries.

    Raises:
        UserError: it does not come.
    """
    for pause in (*PAUSES, None):
        try:
            return _go_on(url, entry)
        except ImportError as error:
            scheme = scheme_of(url)
            raise UserError(
                f"data.path = {url}: reading {scheme} URLs needs a library that is not installed "
                f"({error}); install it with: pip install 'showergan[{scheme}]'"
            ) from None
        except Failed as error:
            kept = entry.kept
            if isinstance(error, Interrupted) and pause is not None:
                say(f"{url}: {error}; tried again in {pause} s, from byte {kept}")
                time.sleep(pause)
                continue
            if not kept:
                entry.drop()
            here = f"{kept} bytes of it are kept, and a further try goes on there; " if kept else ""
            raise UserError(
                f"data.path = {url}: cannot be downloaded ({error}); {here}check the address, the network and "
                "your rights there, or download it yourself and give the path"
            ) from None


def _go_on(url: str, entry: Entry) -> None:
    """Bring the rest of a file, or all of it where the server does not give the rest.

    Raises:
        Failed: it is longer than there is room for or than it says, and is dropped; or the server does not give it.
        Interrupted: it is shorter than it says, so far.
    """
    if entry.come:
        return entry.finish()
    with opened(url, entry.kept, entry.version) as source:
        if not source.start:
            entry.begin(source.version, source.size)
        free = shutil.disk_usage(entry.file.parent).free - SPARE
        most = min(MOST, source.start + free)
        if source.size is not None and source.size > most:
            raise Failed(f"it has {source.size} bytes, and there is room for {most}")
        n = source.start
        with entry.part.open("ab") as part:
            while n <= most and (chunk := source.read()):
                n += part.write(chunk)
    if n > most:
        entry.drop()
        raise Failed(f"it has more than the {most} bytes that there is room for")
    if source.size not in (None, n):
        if n > source.size:
            entry.drop()
        raise Interrupted(f"it ends after {n} of {source.size} bytes")
    return entry.finish()


def check_sha256(path: Path, expected: str) -> None:
    """Compare a file's SHA-256 with the configured one.

    Raises:
        UserError: they differ, or there is no file.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; see data.path in the configuration")
    found = sha256_of(path)
    if found != expected:
        raise UserError(
            f"{path}: SHA-256 is {found}, but data.sha256 is {expected}: "
            "the file is damaged or another one; get it again or correct data.sha256"
        )
