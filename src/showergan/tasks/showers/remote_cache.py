"""The folder of this machine that keeps what was downloaded, and what is not yet whole."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from showergan.config.section import Section
from showergan.errors import UserError
from showergan.io.files import say, sha256_of, told, write_json
from showergan.io.urls import without_secrets
from showergan.tasks.showers.remote_source import CHUNK


class Facts(Section):
    """What is known of a file in the cache.

    Attributes:
        url: where it is from, without what is secret.
        version: of the file, as the server calls it.
        size: bytes of the whole file.
        sha256: of the whole file, once it is here.
    """

    url: str
    version: str | None
    size: int | None
    sha256: str | None = None


class Entry:
    """The place of one URL in the cache: a file that is whole, or the part of it that has come, and facts about it.

    What is secret of a URL, such as a signature that is another one tomorrow, is no part of the place.
    """

    def __init__(self, url: str, folder: Path):
        self._url = without_secrets(url)
        self.file = folder / hashlib.sha256(self._url.encode()).hexdigest()
        self.part = self.file.with_suffix(".part")
        self._sums = self.file.with_suffix(".sums")  # length and SHA-256 of each piece of the part
        self._facts = self.file.with_suffix(".json")

    @property
    def facts(self) -> Facts | None:
        """Return what is known of the file."""
        with suppress(FileNotFoundError, ValueError):
            return Facts.model_validate_json(self._facts.read_text(encoding="utf-8"))
        return None

    def begin(self, version: str | None, size: int | None) -> None:
        """Forget what was there, for a file of which nothing has come yet."""
        self.drop()
        self.file.unlink(missing_ok=True)
        write_json(Facts(url=self._url, version=version, size=size).model_dump(), self._facts)

    def drop(self) -> None:
        """Forget the part that has come."""
        self.part.unlink(missing_ok=True)
        self._sums.unlink(missing_ok=True)

    def kept(self) -> int:
        """Return how many bytes have come of a file whose version is known; what is not as it came is cut off."""
        facts, lines, n = self.facts, [], 0
        with suppress(FileNotFoundError, ValueError), self.part.open("r+b") as part:
            known = self._sums.read_text(encoding="utf-8").splitlines(keepends=True)
            for line in known if facts and facts.version else []:
                length, sha256 = line.split()
                piece = part.read(min(int(length), CHUNK))
                if len(piece) != int(length) or hashlib.sha256(piece).hexdigest() != sha256:
                    break
                lines.append(line)
                n += len(piece)
            part.truncate(n)
        if not n:
            self.drop()
        elif lines != known:
            self._sums.write_text("".join(lines), encoding="utf-8")
        return n

    @contextmanager
    def growing(self) -> Iterator[Callable[[bytes], None]]:
        """Yield what adds a piece to the part."""
        with self.part.open("ab") as part, self._sums.open("a", encoding="utf-8") as sums:

            def add(piece: bytes) -> None:
                part.write(piece)
                part.flush()
                sums.write(f"{len(piece)} {hashlib.sha256(piece).hexdigest()}\n")
                sums.flush()

            yield add

    def finish(self) -> None:
        """Make the part the file."""
        facts = self.facts
        assert facts is not None, "begin was not called"
        whole = facts.model_copy(update={"sha256": sha256_of(self.part)})
        write_json(whole.model_dump(), self._facts)
        self.part.replace(self.file)
        self.drop()

    def copy_to(self, path: Path) -> str | None:
        """Copy the file and return its SHA-256; None where it is not here, or no longer what was downloaded.

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
    """Return $SHOWERGAN_CACHE, or the folder `showergan` where caches of this user are."""
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
    """Yield the place of a URL in the cache, to this process alone.

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
        with told(entry.file):
            yield entry
    finally:
        lock.release()
