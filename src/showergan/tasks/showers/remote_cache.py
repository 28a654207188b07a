"""Cache folder of downloads, complete and partial, on this machine."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from showergan.config.section import Section
from showergan.errors import UserError
from showergan.io.files import explained_write_errors, say, sha256_of, write_json
from showergan.io.urls import without_secrets
from showergan.tasks.showers.remote_source import CHUNK


class Facts(Section):
    """Known facts about a file in the cache."""

    url: str  # without secrets
    version: str | None  # as the server calls it
    size: int | None  # bytes of the whole file
    sha256: str | None = None  # of the whole file, once it is complete


class Entry:
    """The files of one URL in the cache: the complete file, or the part of it that has come, and facts about it.

    Secrets in a URL, for example a signature that expires, do not change their names.
    """

    def __init__(self, url: str, folder: Path):
        self._url = without_secrets(url)
        self.file = folder / hashlib.sha256(self._url.encode()).hexdigest()
        self.part = self.file.with_suffix(".part")
        self._sums = self.file.with_suffix(".sums")  # length and SHA-256 of each piece of the part
        self._facts = self.file.with_suffix(".json")

    @property
    def facts(self) -> Facts | None:
        """The known facts about the file."""
        with suppress(FileNotFoundError, ValueError):
            return Facts.model_validate_json(self._facts.read_bytes())
        return None

    def begin(self, version: str | None, size: int | None) -> None:
        """Remove an earlier version and write the facts about the one that will come."""
        self.drop()
        self.file.unlink(missing_ok=True)
        write_json(Facts(url=self._url, version=version, size=size).model_dump(), self._facts)

    def drop(self) -> None:
        """Remove the part that has come."""
        self.part.unlink(missing_ok=True)
        self._sums.unlink(missing_ok=True)

    def kept(self) -> int:
        """Return the number of bytes in the part of a file of known version, after cutting off damaged pieces."""
        lines, n = [], 0
        with suppress(FileNotFoundError, ValueError), self.part.open("r+b") as part:
            known = self._sums.read_text(encoding="utf-8").splitlines(keepends=True)
            for line in known if self.facts and self.facts.version else []:
                length, sha256 = line.split()
                piece = part.read(min(int(length), CHUNK))
                if len(piece) != int(length) or hashlib.sha256(piece).hexdigest() != sha256:
                    break
                lines.append(line)
                n += len(piece)
            part.truncate(n)
        if n:
            self._sums.write_text("".join(lines), encoding="utf-8")
        else:
            self.drop()
        return n

    def append(self, pieces: Iterable[bytes], most: int) -> int:
        """Append pieces to the part until it has more than `most` bytes, and return how many it has."""
        with self.part.open("ab") as part, self._sums.open("a", encoding="utf-8") as sums:
            for piece in pieces:
                part.write(piece)
                part.flush()
                sums.write(f"{len(piece)} {hashlib.sha256(piece).hexdigest()}\n")
                sums.flush()
                if part.tell() > most:
                    break
            return part.tell()

    def finish(self) -> None:
        """Make the part the complete file."""
        facts = json.loads(self._facts.read_bytes())
        write_json({**facts, "sha256": sha256_of(self.part)}, self._facts)
        self.part.replace(self.file)
        self.drop()

    def copy_to(self, path: Path) -> str | None:
        """Copy the file and return its SHA-256; None if there is none, or it has changed since the download.

        No link: what is written into a run must not change the cache.
        """
        facts = self.facts
        if not self.file.exists() or facts is None or facts.sha256 is None:
            return None
        shutil.copyfile(self.file, path)
        found = sha256_of(path)
        if found == facts.sha256:
            return found
        say(f"{self.file}: changed since it was downloaded from {self._url}: it is fetched again")
        return None


def cache_folder() -> Path:
    """Return $SHOWERGAN_CACHE, or the folder `showergan` among the caches of this user."""
    if ours := os.environ.get("SHOWERGAN_CACHE"):
        return Path(ours)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "showergan"
    except RuntimeError:
        raise UserError(
            "there is no home folder to keep downloads in: set SHOWERGAN_CACHE to a folder for them"
        ) from None


@contextmanager
def entry_of(url: str) -> Iterator[Entry]:
    """Yield the entry of a URL in the cache, locked for this process.

    Raises:
        UserError: the folder cannot be written, or knows no locks.
    """
    folder = cache_folder()
    entry = Entry(url, folder)
    lock = filelock.FileLock(entry.file.with_suffix(".lock"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            say(f"{url}: another process fetches it; waiting for that")
            lock.acquire()
    except (OSError, NotImplementedError) as error:
        raise UserError(
            f"{folder}: no downloads can be kept there ({getattr(error, 'strerror', error)}): set SHOWERGAN_CACHE to a "
            "folder that can be written and knows locks"
        ) from None
    try:
        with explained_write_errors(entry.file):
            yield entry
    finally:
        lock.release()
